using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;

namespace Federation.Placement.Dispatching;

/// <summary>Everything that the next orders of one workload depend on.</summary>
public sealed record DispatchInput
{
    /// <summary>The workload.</summary>
    public required WorkloadKey Key { get; init; }

    /// <summary>Its uid.</summary>
    public required string Uid { get; init; }

    /// <summary>Its generation.</summary>
    public required long Generation { get; init; }

    /// <summary>Whether it is to be removed.</summary>
    public bool Deleting { get; init; }

    /// <summary>Its declared state, with versions of configs and secrets resolved in the template.</summary>
    public required WorkloadSpec Spec { get; init; }

    /// <summary>The resolved template's revision.</summary>
    public required TemplateRevision Revision { get; init; }

    /// <summary>What runs until <see cref="Revision"/> is proven, and what new orders begin with meanwhile; null where the revision is not on trial.</summary>
    public RolloutVersion? Fallback { get; init; }

    /// <summary>Orders whose replicas of a revision on trial have shown that they answer.</summary>
    public IReadOnlySet<AssignmentId> Proven { get; init; } = new HashSet<AssignmentId>();

    /// <summary>Whether no order is given another revision now.</summary>
    public bool Paused { get; init; }

    /// <summary>Clusters one after another, by rank; null where their order is free.</summary>
    public IReadOnlyDictionary<ClusterId, int>? ClusterRanks { get; init; }

    /// <summary>The clusters that are known to be done: before those that were begun are, no further one is.</summary>
    public IReadOnlySet<string> ClustersDone { get; init; } = new HashSet<string>();

    /// <summary>Whether the pause between two clusters is running, so that no further one is begun.</summary>
    public bool BetweenClusters { get; init; }

    /// <summary>Whether data binds it to a place, so that it stops before it starts elsewhere.</summary>
    public bool HasLocalData { get; init; }

    /// <summary>Whether it has run to its end by design.</summary>
    public bool Completed { get; init; }

    /// <summary>Whether its policy puts the whole number on every cluster, so that what finds no place in one is not missing in another.</summary>
    public bool Duplicated { get; init; }

    /// <summary>The decision; null while there is none.</summary>
    public Binding? Binding { get; init; }

    /// <summary>Its orders so far.</summary>
    public required IReadOnlyList<PlacedAssignment> Assignments { get; init; }

    /// <summary>What is known of every target in the binding and the orders.</summary>
    public required IReadOnlyList<TargetView> Targets { get; init; }

    /// <summary>The writer's term.</summary>
    public required long Term { get; init; }
}
