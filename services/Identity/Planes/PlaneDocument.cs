namespace Federation.Identity.Planes;

/// <summary>The plane itself.</summary>
/// <param name="Plane">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="AuthorityCertificate">DER.</param>
/// <param name="AuthorityKey">PKCS#8, sealed with a data key.</param>
internal sealed record PlaneDocument(string Plane, DateTimeOffset CreatedAt, byte[] AuthorityCertificate, byte[] AuthorityKey)
{
    public const string KeyAddress = "Plane/authority-key";
}
