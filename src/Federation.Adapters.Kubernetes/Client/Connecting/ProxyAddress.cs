using System.Net;

namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>A proxy as people write it down: <c>http://HOST:PORT</c>, <c>https://</c> or <c>socks5://</c>, maybe with <c>NAME:PASSWORD@</c> before the host.</summary>
internal static class ProxyAddress
{
    private const int SocksPort = 1080;

    /// <summary>The proxy, with its credentials; null where the text is no address of one.</summary>
    public static WebProxy? Read(string text)
    {
        int start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3) return null;
        int end = text.AsSpan(start).IndexOfAny("/?#") is var length and >= 0 ? start + length : text.Length;
        // The last @ ends the password, as for Go; Uri takes a password that has one for no address at all.
        int at = text.AsSpan(start, end - start).LastIndexOf('@');
        string bare = at < 0 ? text : text[..start] + text[(start + at + 1)..];
        if (!Uri.TryCreate(bare, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https" or "socks5") || uri.Host.Length == 0) return null;
        // Of the text these parts alone: errors say which proxy it was, and where it is written wrongly the rest may hold the password.
        var proxy = new WebProxy(new UriBuilder(uri.Scheme, uri.Host, uri.Port < 0 ? SocksPort : uri.Port).Uri);
        if (at > 0)
        {
            string[] parts = text[start..(start + at)].Split(':', 2);
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }
        return proxy;
    }
}
