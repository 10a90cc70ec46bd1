using System.Security.Cryptography;
using System.Text;

namespace Federation.Adapters.Node.Processes;

/// <summary>Finds the place for what must never reach a disk.</summary>
internal static class MemoryBackedPlace
{
    /// <summary>A folder of the node's own under a memory-backed mount, the same at each start of its agent; null if there is no such mount and none can be made.</summary>
    public static string? Find(string stateDirectory)
    {
        string own = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stateDirectory)))[..16];
        if (!Native.IsRoot)
        {
            return Native.IsMemoryBacked("/dev/shm") ? Owned(Path.Combine("/dev/shm", $"federation-{Environment.UserName}"), own) : null;
        }
        foreach (string mount in (string[])["/run", "/dev/shm"])
            if (Native.IsMemoryBacked(mount)) return Owned(Path.Combine(mount, "federation"), own);
        PrivateFolder.Ensure("/run/federation", PrivateFolder.Traversable);
        if (!Native.IsMemoryBacked("/run/federation") && Native.Mount("federation", "/run/federation", "tmpfs", NoDevices | NoSetUser, "mode=0711") != 0) return null;
        return Owned("/run/federation", own);
    }

    private const ulong NoSetUser = 2;
    private const ulong NoDevices = 4;

    // The mount may be everyone's: a folder that somebody else has put there, or a link, is not used.
    private static string Owned(string shared, string own)
    {
        if (!Directory.Exists(shared)) Directory.CreateDirectory(shared, PrivateFolder.Traversable);
        if (Native.OwnerOf(shared) != Native.CurrentUser || new DirectoryInfo(shared).LinkTarget is not null)
            throw new UnauthorizedAccessException($"{shared} is a link, or another user's: remove it, or give the agent a runtime folder of its own");
        PrivateFolder.Ensure(shared, PrivateFolder.Traversable);
        return Path.Combine(shared, own);
    }
}
