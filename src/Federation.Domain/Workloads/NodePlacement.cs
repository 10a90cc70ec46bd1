using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>Which nodes of a cluster may run a container, and how its replicas lie over them.</summary>
public sealed record NodePlacement
{
    /// <summary>Terms that a node must meet, as a swarm writes them: <c>node.role == manager</c>, <c>node.labels.disk != hdd</c>.</summary>
    public IReadOnlyList<string>? Constraints { get; init; }

    /// <summary>Labels over whose values the replicas are spread, the first first: <c>node.labels.zone</c>.</summary>
    public IReadOnlyList<string>? Spread { get; init; }

    /// <summary>The most replicas on one node; no limit if left out.</summary>
    [Range(1, 100000)]
    public int? MaxPerNode { get; init; }
}
