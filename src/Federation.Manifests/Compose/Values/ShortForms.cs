using System.Globalization;

namespace Federation.Manifests.Compose.Values;

/// <summary>The forms in which Compose files write ports and mounts in one line. A text that is none is a FormatException that names the rule.</summary>
internal static class ShortForms
{
    private const string PortRule = "a port is [[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL], such as 8080:80, with ranges such as 8000-8009:9000-9009";

    /// <summary>The ports of a short form; several where it has ranges.</summary>
    public static IReadOnlyList<PublishedPort> Ports(string text)
    {
        string[] halves = text.Split('/');
        string protocol = halves.Length == 1 ? "tcp" : halves[1].ToLowerInvariant();
        if (halves.Length > 2 || protocol is not ("tcp" or "udp" or "sctp")) throw new FormatException("a port's protocol is tcp or udp");
        string rest = halves[0];
        string? address = null;
        if (rest.StartsWith('['))
        {
            int close = rest.IndexOf(']');
            if (close < 0 || close + 1 >= rest.Length || rest[close + 1] != ':') throw new FormatException(PortRule);
            (address, rest) = (rest[1..close], rest[(close + 2)..]);
        }
        string[] parts = rest.Split(':');
        if (parts.Length > 3 || (address is not null && parts.Length > 2)) throw new FormatException(PortRule);
        if (parts.Length == 3) address = parts[0];
        if (address is { Length: > 0 } && !System.Net.IPAddress.TryParse(address, out _)) throw new FormatException("a port's address is an IP address");
        (int from, int to) = Range(parts[^1]);
        string published = parts.Length >= 2 ? parts[^2] : "";
        return Pair(from, to, published, protocol, address is { Length: > 0 } ? address : null);
    }

    /// <summary>The ports of a long form.</summary>
    public static IReadOnlyList<PublishedPort> Ports(string target, string? published, string protocol, string? address)
    {
        (int from, int to) = Range(target);
        return Pair(from, to, published ?? "", protocol, address);
    }

    /// <summary>The parts of a mount between its colons: source and target, or the target alone with an empty source, and options.</summary>
    public static IReadOnlyList<string> SplitMount(string text)
    {
        if (text.Length == 0) throw new FormatException("a mount names a path");
        // C:\data:/data names a drive.
        string drive = text.Length > 2 && char.IsAsciiLetter(text[0]) && text[1] == ':' && text[2] is '\\' or '/' ? text[..2] : "";
        List<string> parts = [.. text[drive.Length..].Split(':')];
        parts[0] = drive + parts[0];
        if (parts is [_, [var letter], ['\\' or '/', ..], ..] && char.IsAsciiLetter(letter))
        {
            parts[1] = $"{letter}:{parts[2]}";
            parts.RemoveAt(2);
        }
        return parts.Count switch
        {
            1 => ["", parts[0]],
            2 => parts,
            3 => parts,
            _ => throw new FormatException("a mount is [SOURCE:]TARGET[:OPTIONS]"),
        };
    }

    private static PublishedPort[] Pair(int from, int to, string published, string protocol, string? address)
    {
        int count = to - from + 1;
        if (count > 1000) throw new FormatException("a range has at most 1000 ports");
        if (published.Length == 0) return [.. Enumerable.Range(from, count).Select(port => new PublishedPort(port, null, protocol, address))];
        (int first, int last) = Range(published);
        // One port out of a range: the first, so that everyone knows which.
        if (count == 1) return [new(from, first, protocol, address)];
        if (last - first + 1 != count) throw new FormatException("the two ranges of a port have the same length");
        return [.. Enumerable.Range(0, count).Select(index => new PublishedPort(from + index, first + index, protocol, address))];
    }

    private static (int From, int To) Range(string text)
    {
        string[] ends = text.Split('-');
        if (ends.Length > 2) throw new FormatException(PortRule);
        int from = Port(ends[0]), to = ends.Length > 1 ? Port(ends[1]) : from;
        return to < from ? throw new FormatException("a range of ports goes up") : (from, to);
    }

    private static int Port(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
        ? port is >= 1 and <= 65535 ? port : throw new FormatException("a port lies between 1 and 65535")
        : throw new FormatException(PortRule);
}
