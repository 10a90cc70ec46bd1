using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Federation.Security.Credentials;

/// <summary>
/// Hashes of secrets that clients prove themselves with: PBKDF2 with a salt each (ASP.NET Core's password hasher), compared in constant time.
/// </summary>
public static class CredentialHash
{
    private static readonly PasswordHasher<string> Hasher = new();
    private static readonly Lazy<string> Nobody = new(() => Hash("", NewSecret()));

    /// <summary>A secret that cannot be guessed: 256 random bits as base64url.</summary>
    public static string NewSecret() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash to store.</summary>
    public static string Hash(string subject, string secret) => Hasher.HashPassword(subject, secret);

    /// <summary>
    /// Checks a secret. With no stored hash (no such subject) it takes as long and fails: the time does not tell which names exist.
    /// </summary>
    public static bool Verify(string subject, string? hash, string secret)
    {
        bool matches = Hasher.VerifyHashedPassword(subject, hash ?? Nobody.Value, secret) != PasswordVerificationResult.Failed;
        return matches && hash is not null;
    }
}
