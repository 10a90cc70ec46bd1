using Federation.Domain.Identifiers;

namespace Federation.Backup.Kits;

/// <summary>What a plane can be founded anew with, so that its agents know it again.</summary>
/// <param name="Plane">The plane's id.</param>
/// <param name="TakenAt">When the kit was made, for people.</param>
/// <param name="AuthorityCertificate">DER.</param>
/// <param name="AuthorityKey">PKCS#8.</param>
/// <param name="IdentityKeys">Identity's key-encryption keys, as in their file.</param>
/// <param name="SecretStoreKeys">SecretStore's key-encryption keys, as in their file.</param>
/// <param name="Nodes">The nodes that were members.</param>
public sealed record KitContent(
    string Plane, DateTimeOffset TakenAt, byte[] AuthorityCertificate, byte[] AuthorityKey, byte[] IdentityKeys, byte[] SecretStoreKeys, IReadOnlyList<NodeKey> Nodes);
