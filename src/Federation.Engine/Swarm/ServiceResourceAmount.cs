using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>An amount of what machines have.</summary>
public sealed record ServiceResourceAmount
{
    /// <summary>Billionths of a processor; 0 for none, or no limit.</summary>
    [JsonPropertyName("NanoCPUs")]
    public long NanoCpus { get; init; }

    /// <summary>Bytes of memory; 0 for none, or no limit.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Processes and threads; 0 for no limit. Of limits alone.</summary>
    public long Pids { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
