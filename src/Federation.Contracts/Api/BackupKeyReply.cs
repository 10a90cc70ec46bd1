namespace Federation.Contracts.Api;

/// <summary>What one backup is sealed with.</summary>
/// <param name="Plane">The plane's id.</param>
/// <param name="TakenAt">The backup's time.</param>
/// <param name="WrappingId">The wrapping key's id.</param>
/// <param name="WrappingKekId">The key-encryption key that the wrapping key is sealed with.</param>
/// <param name="WrappingSealed">The wrapping key, sealed.</param>
/// <param name="SealedKey">The file's key, sealed with the wrapping key.</param>
/// <param name="Key">The file's key.</param>
public sealed record BackupKeyReply(string Plane, DateTimeOffset TakenAt, string WrappingId, string WrappingKekId, string WrappingSealed, byte[] SealedKey, byte[] Key);
