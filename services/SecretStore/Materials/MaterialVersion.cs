using System.Globalization;
using Federation.Domain.Identifiers;
using Federation.SecretStore.Keys;
using Federation.Security.AtRest;
using Federation.Storage;

namespace Federation.SecretStore.Materials;

/// <summary>One version's content: a MaterialFiles message, encrypted with the tenant's data key and bound to its address.</summary>
internal static class MaterialVersion
{
    /// <summary>The store's kind.</summary>
    public const string Kind = "MaterialVersion";

    /// <summary>How many of the newest versions are kept.</summary>
    public const int Kept = 10;

    /// <summary>The kinds that have versions.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["Secret", "Config"];

    /// <summary>The address of a version: <c>TENANT/NAMESPACE/NAME/KIND/NUMBER</c>.</summary>
    public static DocumentKey AddressOf(DocumentKey head, int version) => new(Kind, string.Create(CultureInfo.InvariantCulture, $"{head.Key}/{head.Kind}/{version:D10}"));

    /// <summary>All versions that are kept of a Secret or Config.</summary>
    public static IEnumerable<StoredDocument> All(IStoreSnapshot snapshot, DocumentKey head) => snapshot.List(Kind, $"{head.Key}/{head.Kind}/");

    /// <summary>The content. The caller clears it.</summary>
    /// <exception cref="InvalidOperationException">The version is not kept.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The document was changed on the disk, or moved there from another address.</exception>
    public static byte[] Open(KeyVault vault, IStoreSnapshot snapshot, TenantId tenant, DocumentKey address)
    {
        StoredDocument document = snapshot.Get(address) ?? throw new InvalidOperationException($"{address} is not in the store");
        string id = DataKey.IdOf(document.Body.Span) ?? throw new System.Security.Cryptography.CryptographicException($"{address} is no encrypted document");
        return vault.Find(tenant, id).Decrypt(document.Body.Span, address.ToString());
    }
}
