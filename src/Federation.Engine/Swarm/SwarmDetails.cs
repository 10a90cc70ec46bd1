using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A swarm as one of its managers describes it.</summary>
public sealed record SwarmDetails
{
    /// <summary>The swarm's id.</summary>
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    /// <summary>Its version.</summary>
    public ObjectVersion Version { get; init; } = new(0);

    /// <summary>What lets machines join.</summary>
    public JoinTokens? JoinTokens { get; init; }
}
