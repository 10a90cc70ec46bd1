using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A service as the swarm holds it.</summary>
public sealed record SwarmService
{
    /// <summary>The swarm's id for it.</summary>
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    /// <summary>Its version: what an update must name.</summary>
    public ObjectVersion Version { get; init; } = new(0);

    /// <summary>When it was made, by the manager's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>How it is reached, with the ports that the swarm has chosen.</summary>
    public ServiceEndpointSpec? Endpoint { get; init; }

    /// <summary>What is wanted.</summary>
    public ServiceSpec Spec { get; init; } = new();
}
