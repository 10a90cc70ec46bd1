using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>What a task's program may become.</summary>
public sealed record TaskPrivileges
{
    /// <summary>Whether it can gain no rights that its container does not have. Known to engines from 25.0 on (API 1.44); older ones do without.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
