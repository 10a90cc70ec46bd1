using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>Where tasks may run.</summary>
public sealed record TaskPlacement
{
    /// <summary>Conditions such as <c>node.role==worker</c>; all must hold.</summary>
    public IReadOnlyList<string>? Constraints { get; init; }

    /// <summary>How they lie over machines, the first first.</summary>
    public IReadOnlyList<TaskPreference>? Preferences { get; init; }

    /// <summary>How many of the service one machine takes at most; 0 for any number.</summary>
    public ulong MaxReplicas { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
