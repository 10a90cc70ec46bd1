using Federation.Security.AtRest;

namespace Federation.Backup.Files;

/// <summary>What is readable of a backup without a key.</summary>
/// <param name="Plane">The plane's id.</param>
/// <param name="TakenAt">When it was begun, for people.</param>
/// <param name="Wrapping">The key that <paramref name="Key"/> is sealed with, itself wrapped with Identity's key-encryption key.</param>
/// <param name="Key">The file's key, sealed.</param>
public sealed record BackupHeader(string Plane, DateTimeOffset TakenAt, WrappedDataKey Wrapping, byte[] Key);
