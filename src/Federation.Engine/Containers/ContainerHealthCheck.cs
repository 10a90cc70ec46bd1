using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>How an engine tells that a container is well. Times are in nanoseconds.</summary>
public sealed record ContainerHealthCheck
{
    /// <summary><c>NONE</c>, or <c>CMD</c> and a command, or <c>CMD-SHELL</c> and a line for the shell.</summary>
    public IReadOnlyList<string>? Test { get; init; }

    /// <summary>Between checks.</summary>
    public long Interval { get; init; }

    /// <summary>Until a check counts as failed.</summary>
    public long Timeout { get; init; }

    /// <summary>In which failures do not count.</summary>
    public long StartPeriod { get; init; }

    /// <summary>Failures in a row until it is unhealthy.</summary>
    public int Retries { get; init; }

    /// <summary>What else the engine said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
