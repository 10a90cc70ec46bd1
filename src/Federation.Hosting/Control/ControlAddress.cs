using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Federation.Hosting.Control;

/// <summary>Where a state folder's launcher listens for commands.</summary>
internal static class ControlAddress
{
    // sun_path has 108 bytes with the closing zero.
    private const int LongestPath = 107;

    public static UnixDomainSocketEndPoint Of(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, "apphost.sock");
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
            path = Path.Combine(Path.GetTempPath(), $"apphost-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16]}.sock");
        return new(path);
    }
}
