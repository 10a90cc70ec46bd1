using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Domain.Json;
using Federation.Security.Files;

namespace Federation.Adapters.Kubernetes.Journal;

/// <summary>The journal as one file that is replaced as a whole, with its checksum. Secrets are in it only as they came, sealed to this agent.</summary>
/// <param name="folder">Holds <c>orders</c>; made with owner-only rights.</param>
public sealed class FileKubernetesJournal(string folder) : IKubernetesJournal
{
    private const int DigestDigits = 16;

    private string Path => System.IO.Path.Combine(folder, "orders");

    /// <inheritdoc/>
    public Task<KubernetesOrders> LoadAsync(CancellationToken cancellationToken)
    {
        DurableFile.EnsurePrivateFolder(folder);
        if (!File.Exists(Path)) return Task.FromResult(KubernetesOrders.None);
        byte[] content = File.ReadAllBytes(Path);
        KubernetesOrders? orders = null;
        if (content.Length > DigestDigits && Encoding.ASCII.GetString(content, 0, DigestDigits) == Digest(content.AsSpan(DigestDigits)))
            orders = JsonSerializer.Deserialize<KubernetesOrders>(content.AsSpan(DigestDigits), DomainJson.Options);
        // Its replacement is atomic: what is damaged was damaged by the disk, and to forget the orders could stop what runs.
        return Task.FromResult(orders ?? throw new InvalidDataException($"{Path} is damaged: move it away, and the agent asks for its orders anew"));
    }

    /// <inheritdoc/>
    public Task SaveAsync(KubernetesOrders orders, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(orders, DomainJson.Options);
        DurableFile.Replace(Path, [.. Encoding.ASCII.GetBytes(Digest(json)), .. json]);
        return Task.CompletedTask;
    }

    private static string Digest(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json))[..DigestDigits];
}
