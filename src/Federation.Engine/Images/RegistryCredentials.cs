using System.Text.Json.Serialization;

namespace Federation.Engine.Images;

/// <summary>What a registry asks for.</summary>
public sealed record RegistryCredentials
{
    /// <summary>The account.</summary>
    [JsonPropertyName("username")]
    public required string UserName { get; init; }

    /// <summary>Its password or token.</summary>
    [JsonPropertyName("password")]
    public required string Password { get; init; }

    /// <summary>What stands in the place of both, which are then empty; null if nothing does.</summary>
    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    /// <summary>The registry.</summary>
    [JsonPropertyName("serveraddress")]
    public required string Registry { get; init; }

    /// <summary>The account and the registry; never the password.</summary>
    public override string ToString() => $"{UserName} at {Registry}";
}
