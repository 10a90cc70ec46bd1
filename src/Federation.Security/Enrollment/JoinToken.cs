using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Federation.Security.Authority;

namespace Federation.Security.Enrollment;

/// <summary>
/// What a machine joins with: <c>fjt1.ID.SECRET.HASH</c>. The hash pins the authority, so that the machine knows the plane before it shows the secret.
/// </summary>
/// <param name="Id">Names the token at Identity: 16 lower-case hexadecimal digits.</param>
/// <param name="Secret">256 random bits in lower-case hexadecimal.</param>
/// <param name="AuthorityHash">SHA-256 of the authority's certificate (DER) in lower-case hexadecimal.</param>
public sealed record JoinToken(string Id, string Secret, string AuthorityHash)
{
    private const string Prefix = "fjt1";

    /// <summary>Makes a token of a plane.</summary>
    public static JoinToken Create(PlaneTrust trust) => new(
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
        trust.AuthorityHash);

    /// <summary>Reads the text form.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out JoinToken? token)
    {
        token = null;
        if (text is null || text.Length > 200) return false;
        if (text.Trim().Split('.') is not [Prefix, var id, var secret, var hash]) return false;
        if (id.Length != 16 || secret.Length != 64 || hash.Length != 64 || !IsHex(id) || !IsHex(secret) || !IsHex(hash)) return false;
        token = new(id, secret, hash);
        return true;
    }

    /// <summary>What Identity keeps instead of the secret. A plain hash serves: 256 random bits are not guessed.</summary>
    public string SecretHash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));

    /// <summary>Compares with a kept hash, in constant time.</summary>
    public bool Matches(string secretHash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(SecretHash()), Encoding.ASCII.GetBytes(secretHash));

    /// <summary>The text form, secret included. Not <see cref="ToString"/>, which logs and debuggers call.</summary>
    public string Reveal() => $"{Prefix}.{Id}.{Secret}.{AuthorityHash}";

    /// <summary>The id alone.</summary>
    public override string ToString() => $"{Prefix}.{Id}";

    private static bool IsHex(string text) => text.All(char.IsAsciiHexDigitLower);
}
