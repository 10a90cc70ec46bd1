using System.Text.Json;
using System.Text.Json.Serialization;

namespace Federation.Engine.Swarm;

/// <summary>What a task is to be.</summary>
public sealed record TaskSpec
{
    /// <summary>Its container.</summary>
    public TaskContainerSpec? ContainerSpec { get; init; }

    /// <summary>What it needs and may use.</summary>
    public TaskResources? Resources { get; init; }

    /// <summary>When another takes its place.</summary>
    public TaskRestartPolicy? RestartPolicy { get; init; }

    /// <summary>Where it may run.</summary>
    public TaskPlacement? Placement { get; init; }

    /// <summary>Networks that it is in.</summary>
    public IReadOnlyList<TaskNetwork>? Networks { get; init; }

    /// <summary>Where its output goes; the machine's default if left out.</summary>
    public TaskLogDriver? LogDriver { get; init; }

    /// <summary>Another number makes all tasks anew.</summary>
    public ulong? ForceUpdate { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
