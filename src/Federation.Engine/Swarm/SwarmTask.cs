using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A task: one run of a service on one machine.</summary>
public sealed record SwarmTask
{
    /// <summary>The swarm's id for it.</summary>
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    /// <summary>When it was made, by the manager's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What it is to be, as its service was when it was made.</summary>
    public TaskSpec Spec { get; init; } = new();

    /// <summary>Its service.</summary>
    [JsonPropertyName("ServiceID")]
    public string ServiceId { get; init; } = "";

    /// <summary>Which of the service's tasks it is, counted from 1; those that follow one another have the same. 0 in a global service.</summary>
    public int Slot { get; init; }

    /// <summary>Its machine; null until one is found.</summary>
    [JsonPropertyName("NodeID")]
    public string? NodeId { get; init; }

    /// <summary>Where it is in its life.</summary>
    public SwarmTaskStatus Status { get; init; } = new();

    /// <summary>Where the managers want it to be.</summary>
    public string DesiredState { get; init; } = "";
}
