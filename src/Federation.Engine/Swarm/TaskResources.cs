using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>What a task needs and may use.</summary>
public sealed record TaskResources
{
    /// <summary>The most that it may use.</summary>
    public ServiceResourceAmount? Limits { get; init; }

    /// <summary>What is kept for it.</summary>
    public ServiceResourceAmount? Reservations { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
