using System.Globalization;

namespace Federation.Adapters.Node.Processes;

/// <summary>
/// Whether the agent may give each tenant a user id of its own. To be root is not enough: in a container, or a user namespace, root may lack the rights for it, or the ids.
/// Pure.
/// </summary>
internal static class UserRights
{
    // capabilities(7): to give files away, to signal other users' processes, to change group and user, and to give up rights.
    private static readonly int[] Needed = [0, 5, 6, 7, 8];

    /// <summary>What stands in the way; null if nothing does.</summary>
    /// <param name="status">The text of <c>/proc/self/status</c>.</param>
    /// <param name="map">The text of <c>/proc/self/uid_map</c>: user_namespaces(7).</param>
    /// <param name="first">The first user id.</param>
    /// <param name="count">How many follow on each other.</param>
    public static string? Lack(string status, string map, uint first, uint count)
    {
        const string label = "CapEff:";
        string? rights = status.Split('\n').FirstOrDefault(static line => line.StartsWith(label, StringComparison.Ordinal));
        if (rights is null || !ulong.TryParse(rights[label.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong held)) return "/proc/self/status does not say what it may do";
        if (Needed.Any(right => (held & (1UL << right)) == 0)) return "it runs without the capabilities for it (CHOWN, KILL, SETGID, SETUID, SETPCAP)";
        foreach (string line in map.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var inside, _, var length]
                && ulong.TryParse(inside, CultureInfo.InvariantCulture, out ulong from) && ulong.TryParse(length, CultureInfo.InvariantCulture, out ulong size)
                && from <= first && (ulong)first + count <= from + size) return null;
        }
        return string.Create(CultureInfo.InvariantCulture, $"its user namespace has no user ids from {first} on (Agent__TenantIsolation=false says that this is known)");
    }
}
