using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A secret that a container sees as a file.</summary>
public sealed record SecretReference
{
    /// <summary>The file.</summary>
    public FileTarget? File { get; init; }

    /// <summary>The secret's id.</summary>
    [JsonPropertyName("SecretID")]
    public required string SecretId { get; init; }

    /// <summary>The secret's name.</summary>
    public required string SecretName { get; init; }
}
