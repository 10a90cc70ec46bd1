using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>How a task sees a folder of its machine.</summary>
/// <param name="Propagation">How mounts below it are seen.</param>
/// <param name="CreateMountpoint">Whether it is made where it is not there.</param>
public sealed record TaskBindOptions(string? Propagation, bool CreateMountpoint)
{
    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
