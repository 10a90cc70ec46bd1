using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A file system in memory.</summary>
/// <param name="SizeBytes">The most it holds; 0 for no limit.</param>
/// <param name="Mode">Its root's rights; 0 for the machine's choice.</param>
public sealed record TaskTmpfsOptions(long SizeBytes, uint Mode)
{
    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
