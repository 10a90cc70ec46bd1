using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Federation.Adapters.Node.Containers;

/// <summary>Names in the engine: the same for the same thing, another for another, readable, and at most 63 characters.</summary>
internal static class EngineNames
{
    private const int MostReadable = 36;
    private const int HashDigits = 20;

    public static string Container(string node, string replica) => Make("fd", replica, ["container", node, replica]);

    public static string Network(string node, string tenant, string room) => Make("fdn", $"{tenant}-{room}", ["network", node, tenant, room]);

    public static string Network(string node, string tenant, string room, string network) => Make("fdn", $"{room}-{network}", ["network", node, tenant, room, network]);

    public static string Volume(string node, string tenant, string room, string volume) => Make("fdv", $"{room}-{volume}", ["volume", node, tenant, room, volume]);

    // Each part goes in with its length: no two lists of parts look the same.
    private static string Make(string kind, string readable, string[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        string digits = Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];
        return $"{kind}-{(readable.Length > MostReadable ? readable[..MostReadable] : readable)}-{digits}";
    }
}
