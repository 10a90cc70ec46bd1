using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Engine.Containers;

namespace Federation.Engine.Swarm;

/// <summary>How many tasks a service has: one of the members is set.</summary>
public sealed record ServiceMode
{
    /// <summary>A number of them.</summary>
    public ReplicatedMode? Replicated { get; init; }

    /// <summary>One on each machine.</summary>
    public EmptyObject? Global { get; init; }

    /// <summary>Modes that are not known here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
