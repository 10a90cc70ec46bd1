namespace Federation.Routing.Tables;

/// <summary>Host names as requests carry them.</summary>
public static class HostName
{
    /// <summary>Takes off the port and the root's dot; letters' case stays.</summary>
    public static ReadOnlySpan<char> Normalise(ReadOnlySpan<char> host)
    {
        if (host.Length > 0 && host[0] == '[')
        {
            int close = host.IndexOf(']');
            return close < 0 ? host : host[..(close + 1)];
        }
        int colon = host.IndexOf(':');
        if (colon >= 0) host = host[..colon];
        return host.Length > 1 && host[^1] == '.' ? host[..^1] : host;
    }
}
