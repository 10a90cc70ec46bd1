using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Domain.Tenancy;
using Federation.Security.Principals;

namespace Federation.Security.Tokens;

/// <summary>Makes access tokens: JWT (RFC 7519) signed with ES256.</summary>
public static class TokenSigner
{
    /// <summary>Signs a token for a principal.</summary>
    /// <param name="key">The current key.</param>
    /// <param name="rules">Issuer and audience.</param>
    /// <param name="principal">Whom it speaks for.</param>
    /// <param name="now">The present time.</param>
    /// <param name="lifetime">How long it serves.</param>
    public static string Sign(SigningKey key, TokenRules rules, Principal principal, DateTimeOffset now, TimeSpan lifetime)
    {
        long issuedAt = now.ToUnixTimeSeconds();
        byte[] header = Write(json =>
        {
            json.WriteString("alg", "ES256");
            json.WriteString("typ", "at+jwt");
            json.WriteString("kid", key.Public.KeyId);
        });
        byte[] payload = Write(json =>
        {
            json.WriteString("iss", rules.Issuer);
            json.WriteString("aud", rules.Audience);
            json.WriteString("sub", principal.Name);
            json.WriteString("client_id", principal.Name);
            json.WriteString("tenant", principal.Tenant.Value);
            json.WriteString("role", RoleText(principal.Role));
            json.WriteNumber("iat", issuedAt);
            json.WriteNumber("nbf", issuedAt);
            json.WriteNumber("exp", issuedAt + (long)lifetime.TotalSeconds);
            json.WriteString("jti", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        });
        string signed = Base64Url.EncodeToString(header) + "." + Base64Url.EncodeToString(payload);
        return signed + "." + Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)));
    }

    /// <summary>The <c>role</c> claim's text.</summary>
    public static string RoleText(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Deployer => "deployer",
        Role.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
