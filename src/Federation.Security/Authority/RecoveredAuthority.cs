namespace Federation.Security.Authority;

/// <summary>What Identity founds a lost plane anew with, so that its machines' certificates go on serving; the file goes once that is done.</summary>
/// <param name="Plane">The plane's id.</param>
/// <param name="Certificate">The authority's certificate, DER.</param>
/// <param name="Key">Its private key, PKCS#8.</param>
public sealed record RecoveredAuthority(string Plane, byte[] Certificate, byte[] Key)
{
    /// <summary>The file's name in Identity's state folder.</summary>
    public const string FileName = "recovered-authority.json";
}
