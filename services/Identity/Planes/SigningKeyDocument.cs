namespace Federation.Identity.Planes;

/// <summary>A token-signing key.</summary>
/// <param name="KeyId">Its thumbprint.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RetiredAt">When another took its place; null for the current one.</param>
/// <param name="Key">PKCS#8, sealed with a data key.</param>
internal sealed record SigningKeyDocument(string KeyId, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt, byte[] Key)
{
    public string KeyAddress => $"SigningKey/{KeyId}";
}
