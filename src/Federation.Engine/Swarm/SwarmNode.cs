using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A machine of a swarm.</summary>
public sealed record SwarmNode
{
    /// <summary>The swarm's id for it.</summary>
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    /// <summary>Its version.</summary>
    public ObjectVersion Version { get; init; } = new(0);

    /// <summary>What a person may change of it.</summary>
    public SwarmNodeSpec Spec { get; init; } = new();

    /// <summary>What it told of itself.</summary>
    public SwarmNodeDescription Description { get; init; } = new();

    /// <summary>How the managers see it.</summary>
    public SwarmNodeStatus Status { get; init; } = new();

    /// <summary>Its part among the managers; null for a worker.</summary>
    public SwarmManagerStatus? ManagerStatus { get; init; }
}
