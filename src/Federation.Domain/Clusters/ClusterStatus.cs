using Federation.Domain.Observation;
using Federation.Domain.Quantities;

namespace Federation.Domain.Clusters;

/// <summary>What the plane knows of a cluster; never input.</summary>
public sealed record ClusterStatus
{
    /// <summary>Health's judgement; null until it judged.</summary>
    public VerdictState? State { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>What was seen that led to the judgement.</summary>
    public IReadOnlyList<string>? Evidence { get; init; }

    /// <summary>When the state began, by Health's clock.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Nodes that Health calls ready.</summary>
    public int NodesReady { get; init; }

    /// <summary>Nodes known.</summary>
    public int Nodes { get; init; }

    /// <summary>What workloads may use.</summary>
    public ResourceAmount Allocatable { get; init; }

    /// <summary>What is not taken, by invariant 6.</summary>
    public ResourceAmount Free { get; init; }

    /// <summary>Replicas observed running.</summary>
    public int Replicas { get; init; }

    /// <summary>The nodes, by name.</summary>
    public IReadOnlyList<NodeSummary>? NodeList { get; init; }
}
