using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A secret or a config as the swarm holds it.</summary>
public sealed record SwarmFile
{
    /// <summary>The swarm's id for it.</summary>
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    /// <summary>Its version.</summary>
    public ObjectVersion Version { get; init; } = new(0);

    /// <summary>What it is; a secret's content is not told.</summary>
    public FileSpec Spec { get; init; } = new() { Name = "" };
}
