using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A config that a container sees as a file.</summary>
public sealed record ConfigReference
{
    /// <summary>The file.</summary>
    public FileTarget? File { get; init; }

    /// <summary>The config's id.</summary>
    [JsonPropertyName("ConfigID")]
    public required string ConfigId { get; init; }

    /// <summary>The config's name.</summary>
    public required string ConfigName { get; init; }

    /// <summary>What else the engine said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
