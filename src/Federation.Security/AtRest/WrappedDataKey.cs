namespace Federation.Security.AtRest;

/// <summary>A data key as it is stored: sealed with a key-encryption key.</summary>
/// <param name="Id">The data key's id.</param>
/// <param name="Scope">What it encrypts (a tenant); bound into the seal.</param>
/// <param name="KekId">The <see cref="KeyEncryptionKey.Id"/> it is sealed with.</param>
/// <param name="Sealed">Nonce, ciphertext and tag, base64.</param>
public sealed record WrappedDataKey(string Id, string Scope, string KekId, string Sealed);
