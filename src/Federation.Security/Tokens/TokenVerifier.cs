using System.Text;
using System.Text.Json;
using Federation.Domain.Identifiers;
using Federation.Domain.Tenancy;
using Federation.Security.Principals;

namespace Federation.Security.Tokens;

/// <summary>
/// Checks access tokens, strictly (RFC 8725): one algorithm, a known key, issuer, audience and times; no member twice; nothing critical that is not understood.
/// Nothing in the token chooses how it is checked. Pure.
/// </summary>
public static class TokenVerifier
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>Judges a token.</summary>
    /// <param name="token">The compact form.</param>
    /// <param name="keys">The keys that may have signed it.</param>
    /// <param name="rules">Issuer and audience it must carry.</param>
    /// <param name="now">The present time.</param>
    public static TokenVerdict Verify(string token, JsonWebKeySet keys, TokenRules rules, DateTimeOffset now)
    {
        if (token.Length > TokenRules.MaxTokenLength) return Refuse($"a token has at most {TokenRules.MaxTokenLength} characters");
        string[] parts = token.Split('.', 4);
        if (parts.Length != 3) return Refuse("a token has three parts");
        if (StrictBase64Url.Decode(parts[0]) is not { } header || StrictBase64Url.Decode(parts[1]) is not { } payload || StrictBase64Url.Decode(parts[2]) is not { } signature)
            return Refuse("a token's parts are base64url");
        try
        {
            using var headerJson = JsonDocument.Parse(header, Strict);
            string? keyId = null;
            if (CheckHeader(headerJson.RootElement, ref keyId) is { } refusal) return refusal;
            if (keys.Find(keyId!) is not { } key) return new TokenVerdict.UnknownKey(keyId!);
            if (signature.Length != 64 || !key.Verify(Encoding.ASCII.GetBytes(token, 0, parts[0].Length + 1 + parts[1].Length), signature))
                return Refuse("the signature does not match");
            using var payloadJson = JsonDocument.Parse(payload, Strict);
            return CheckClaims(payloadJson.RootElement, rules, now);
        }
        catch (JsonException)
        {
            return Refuse("a token's header and claims are JSON objects without a member twice");
        }
    }

    private static TokenVerdict.Refused? CheckHeader(JsonElement header, ref string? keyId)
    {
        if (header.ValueKind != JsonValueKind.Object) return Refuse("a token's header is a JSON object");
        if (Text(header, "alg") != "ES256") return Refuse("a token is signed with ES256");
        if (header.TryGetProperty("crit", out _) || header.TryGetProperty("b64", out _)) return Refuse("a token demands no extensions");
        if (header.TryGetProperty("typ", out _) && Text(header, "typ") is not ("at+jwt" or "application/at+jwt" or "JWT")) return Refuse("a token's type is at+jwt");
        keyId = Text(header, "kid");
        return keyId is null or { Length: 0 or > 200 } ? Refuse("a token names its key") : null;
    }

    private static TokenVerdict CheckClaims(JsonElement claims, TokenRules rules, DateTimeOffset now)
    {
        if (claims.ValueKind != JsonValueKind.Object) return Refuse("a token's claims are a JSON object");
        if (Text(claims, "iss") != rules.Issuer) return Refuse("the token is of another issuer");
        if (!NamesAudience(claims, rules.Audience)) return Refuse("the token is for another audience");

        if (Seconds(claims, "exp") is not { } expires) return Refuse("a token has an end");
        if (now >= expires + TokenRules.Leeway) return Refuse("the token has expired");
        if (claims.TryGetProperty("nbf", out _) && (Seconds(claims, "nbf") is not { } notBefore || now < notBefore - TokenRules.Leeway)) return Refuse("the token is not valid yet");
        if (claims.TryGetProperty("iat", out _) && (Seconds(claims, "iat") is not { } issued || now < issued - TokenRules.Leeway)) return Refuse("the token is from the future");

        if (Text(claims, "sub") is not { Length: > 0 and <= 200 } subject) return Refuse("a token has a subject");
        if (Text(claims, "tenant") is not { } tenant || Name.Violation(tenant) is not null) return Refuse("a token names a tenant");
        Role? role = Text(claims, "role") switch { "viewer" => Role.Viewer, "deployer" => Role.Deployer, "admin" => Role.Admin, _ => null };
        return role is { } known
            ? new TokenVerdict.Accepted(new Principal(subject, new TenantId(tenant), known), expires)
            : Refuse("a token names the role viewer, deployer or admin");
    }

    private static bool NamesAudience(JsonElement claims, string audience)
    {
        if (!claims.TryGetProperty("aud", out JsonElement value)) return false;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.ValueEquals(audience),
            JsonValueKind.Array => value.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(audience)),
            _ => false,
        };
    }

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // NumericDate (RFC 7519 section 2); whole years far away are refused rather than overflowed.
    private static DateTimeOffset? Seconds(JsonElement element, string member) =>
        element.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double seconds) && seconds is >= 0 and < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    private static TokenVerdict.Refused Refuse(string rule) => new(rule);
}
