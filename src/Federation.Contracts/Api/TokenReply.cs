using System.Text.Json.Serialization;

namespace Federation.Contracts.Api;

/// <summary>RFC 6749 section 5.1.</summary>
public sealed record TokenReply(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn);
