using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>A network that a task is in.</summary>
/// <param name="Target">Its name or id.</param>
/// <param name="Aliases">Names under which the others in it find the task.</param>
public sealed record TaskNetwork(string Target, IReadOnlyList<string>? Aliases = null)
{
    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
