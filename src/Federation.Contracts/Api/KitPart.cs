namespace Federation.Contracts.Api;

/// <summary>What Identity puts into the offline kit; only ever sent sealed.</summary>
/// <param name="Plane">The plane's id.</param>
/// <param name="AuthorityCertificate">DER.</param>
/// <param name="AuthorityKey">PKCS#8.</param>
/// <param name="Keys">Its key-encryption keys, as in their file.</param>
/// <param name="Nodes">The nodes that are members, as <c>cluster/node</c>.</param>
public sealed record KitPart(string Plane, byte[] AuthorityCertificate, byte[] AuthorityKey, byte[] Keys, IReadOnlyList<string> Nodes);
