using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>What an engine is in a swarm.</summary>
public sealed record SwarmMembership
{
    /// <summary>Its machine's id in the swarm; empty if it is in none.</summary>
    [JsonPropertyName("NodeID")]
    public string NodeId { get; init; } = "";

    /// <summary>Where the swarm finds it.</summary>
    public string NodeAddr { get; init; } = "";

    /// <summary><c>inactive</c>, <c>pending</c>, <c>active</c>, <c>error</c> or <c>locked</c>.</summary>
    public string LocalNodeState { get; init; } = "";

    /// <summary>Whether it is a manager that can be asked about the swarm.</summary>
    public bool ControlAvailable { get; init; }

    /// <summary>Why it is not well; empty if it is.</summary>
    public string Error { get; init; } = "";
}
