namespace Federation.Gateway.Forwarding;

/// <summary>Paths that a program behind the gateway could read as another path than the one that was routed.</summary>
public static class HostilePath
{
    /// <summary>Whether a segment, after any decoding a program may do of slashes, climbs or stays: the server has already resolved plain ones.</summary>
    public static bool IsHostile(string path)
    {
        if (path.IndexOf('%') < 0 && path.IndexOf('\\') < 0) return false;
        if (path.Contains('\0')) return true;
        string decoded = path
            .Replace("%2f", "/", StringComparison.OrdinalIgnoreCase)
            .Replace("%5c", "/", StringComparison.OrdinalIgnoreCase)
            .Replace("%2e", ".", StringComparison.OrdinalIgnoreCase)
            .Replace('\\', '/');
        return decoded.Split('/').Any(static segment => segment is "." or "..");
    }
}
