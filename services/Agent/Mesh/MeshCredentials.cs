using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Federation.Adapters.Node.Reconciling;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Security.Files;

namespace Federation.Agent.Mesh;

/// <summary>
/// What a replica shows to the mesh proxy: its id, and a code over it by a key of the node. It outlives the agent as the replica does, and nothing
/// about it is stored. It says which workload calls, so that no tenant can call as another.
/// </summary>
public sealed class MeshCredentials
{
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    /// <summary>Reads the node's key, or makes it.</summary>
    public MeshCredentials(string stateDirectory)
    {
        string path = Path.Combine(stateDirectory, "mesh.key");
        if (!File.Exists(path)) DurableFile.Replace(path, RandomNumberGenerator.GetBytes(KeyBytes));
        _key = File.ReadAllBytes(path);
    }

    /// <summary>The proxy's address on loopback with the replica's credentials.</summary>
    public Uri AddressFor(ReplicaRecord replica, int port) => AddressFor(replica, IPAddress.Loopback, port);

    /// <summary>The proxy's address with the replica's credentials.</summary>
    public Uri AddressFor(ReplicaRecord replica, IPAddress address, int port) =>
        new UriBuilder("http", address.ToString(), port) { UserName = replica.Id.Value, Password = CodeOf(replica.Id) }.Uri;

    /// <summary>The replica that a Proxy-Authorization header is of; null if it is none that runs here.</summary>
    public ReplicaRecord? Find(string? header, NodeReconciler replicas)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out AuthenticationHeaderValue? value)
            || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || value.Parameter is not { Length: > 0 and < 1000 } parameter) return null;
        byte[] decoded = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, decoded, out int length)) return null;
        string text = Encoding.UTF8.GetString(decoded, 0, length);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) return null;
        var id = new ReplicaId(text[..colon]);
        bool genuine = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(text[(colon + 1)..]), Encoding.UTF8.GetBytes(CodeOf(id)));
        return genuine ? replicas.FindRunning(id) : null;
    }

    private string CodeOf(ReplicaId id) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(id.Value)));
}
