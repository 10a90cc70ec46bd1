using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A task's container as its machine last told.</summary>
public sealed record TaskContainerStatus
{
    /// <summary>The container on its machine; empty if none was made.</summary>
    [JsonPropertyName("ContainerID")]
    public string ContainerId { get; init; } = "";

    /// <summary>Its first process, as its machine counts; 0 if there is none.</summary>
    [JsonPropertyName("PID")]
    public int ProcessId { get; init; }

    /// <summary>How it ended.</summary>
    public int ExitCode { get; init; }
}
