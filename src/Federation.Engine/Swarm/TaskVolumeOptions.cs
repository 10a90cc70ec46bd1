using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>How a task's volume is made where it is not there yet.</summary>
public sealed record TaskVolumeOptions
{
    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Whether what the image has there is not copied into it.</summary>
    public bool NoCopy { get; init; }

    /// <summary>The part of it that is seen.</summary>
    public string? Subpath { get; init; }

    /// <summary>Who makes it; the engine itself if left out.</summary>
    public TaskVolumeDriver? DriverConfig { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
