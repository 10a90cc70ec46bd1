namespace Federation.Identity.Planes;

/// <summary>The plane itself.</summary>
/// <param name="Plane">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="AuthorityCertificate">DER.</param>
/// <param name="AuthorityKey">PKCS#8, sealed with a data key.</param>
/// <param name="RecoveredAt">
/// When the store was last restored or made anew: machines whose certificates are older may renew though the store does not know them.
/// </param>
internal sealed record PlaneDocument(string Plane, DateTimeOffset CreatedAt, byte[] AuthorityCertificate, byte[] AuthorityKey, DateTimeOffset? RecoveredAt = null)
{
    public const string KeyAddress = "Plane/authority-key";
}
