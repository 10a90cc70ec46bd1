using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>
/// The proxy that the environment names for a server, by the rules that kubectl and all that is made with client-go go by (Go's
/// golang.org/x/net/http/httpproxy). .NET's own know no ranges of addresses in <c>NO_PROXY</c>, no ports and no <c>*</c>, and send what is on this machine away.
/// </summary>
internal static class EnvironmentProxy
{
    /// <summary>The proxy; null where the server is reached without one.</summary>
    /// <param name="server">The server. One that is on this machine is reached without a proxy, whatever the environment says.</param>
    /// <param name="variable">Reads an environment variable. A name in capitals goes before the same in small letters; one that is empty counts for nothing.</param>
    public static WebProxy? For(Uri server, Func<string, string?> variable)
    {
        string? text = server.Scheme == Uri.UriSchemeHttps ? Value("HTTPS_PROXY", "https_proxy") : Value("HTTP_PROXY", "http_proxy");
        if (text is null || IsExempt(server, Value("NO_PROXY", "no_proxy") ?? "")) return null;
        // The same to Go, and to .NET under this name alone: the proxy looks the server's name up.
        if (text.StartsWith("socks5h://", StringComparison.OrdinalIgnoreCase)) text = "socks5" + text["socks5h".Length..];
        // What is no address of a proxy is passed over, as Go does.
        return ProxyAddress.Read(text) ?? ProxyAddress.Read("http://" + text);

        string? Value(string capital, string small) => variable(capital) is { Length: > 0 } first ? first : variable(small) is { Length: > 0 } second ? second : null;
    }

    private static bool IsExempt(Uri server, string exemptions)
    {
        string host = server.IdnHost.ToLowerInvariant(), port = server.Port.ToString(CultureInfo.InvariantCulture);
        // Without the zone, which says only by which of this machine's links the address is reached.
        IPAddress? address = AddressOf(host.Split('%')[0]);
        if (host == "localhost" || (address is not null && IPAddress.IsLoopback(address))) return true;
        return exemptions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(entry => Exempts(entry.ToLowerInvariant(), host, address, port));
    }

    private static bool Exempts(string entry, string host, IPAddress? address, string port)
    {
        if (entry == "*") return true;
        if (entry.Split('/') is [var first, var bits] && AddressOf(first) is { } range && int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            && length <= range.GetAddressBytes().Length * 8)
            return address is not null && IsWithin(address, range, length);
        (string name, string only) = Split(entry);
        if (only.Length > 0 && only != port) return false;
        if (AddressOf(name) is { } one) return one.Equals(address);
        return address is null && name.Length > 0 && IsOfDomain(host, name);
    }

    // Only .example.com and *.example.com leave out example.com itself.
    private static bool IsOfDomain(string host, string name)
    {
        if (name.StartsWith("*.", StringComparison.Ordinal)) name = name[1..];
        string domain = AsciiOf(name.StartsWith('.') ? name[1..] : name);
        return host.EndsWith("." + domain, StringComparison.Ordinal) || (name[0] != '.' && host == domain);
    }

    private static bool IsWithin(IPAddress address, IPAddress range, int length)
    {
        byte[] ours = address.GetAddressBytes(), theirs = range.GetAddressBytes();
        if (ours.Length != theirs.Length) return false;
        for (int bit = 0; bit < length; bit += 8)
            if (((ours[bit / 8] ^ theirs[bit / 8]) & (0xff00 >> Math.Min(length - bit, 8) & 0xff)) != 0) return false;
        return true;
    }

    // HOST:PORT and [ADDRESS]:PORT; whatever has another form is a host as it stands.
    private static (string Host, string Port) Split(string entry)
    {
        int colon = entry.LastIndexOf(':');
        if (colon < 0) return (entry, "");
        string host = entry[..colon];
        if (host is ['[', .. var inner, ']']) return inner.AsSpan().ContainsAny('[', ']') ? (entry, "") : (inner, entry[(colon + 1)..]);
        return entry.AsSpan(0, colon).ContainsAny(":[]") ? (entry, "") : (host, entry[(colon + 1)..]);
    }

    // What Go takes for an address: .NET would also take 10.1, 0xa000001, [::1]:80 and ::1%eth0.
    private static IPAddress? AddressOf(string text)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address)) return null;
        if (address.AddressFamily == AddressFamily.InterNetwork) return address.ToString() == text ? address : null;
        if (text.AsSpan().ContainsAny("[]%/")) return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    // As a server's name stands in its address.
    private static string AsciiOf(string domain)
    {
        if (Ascii.IsValid(domain)) return domain;
        try
        {
            return new IdnMapping().GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }
}
