using System.ComponentModel.DataAnnotations;
using Federation.Domain.Policies;

namespace Federation.Domain.Workloads;

/// <summary>A workload's declared state.</summary>
public sealed record WorkloadSpec
{
    /// <summary>Replicas over all clusters (for duplicated division: per cluster), 0 to 100000; 1 if left out. With container.mode global 0 stops it, and nothing else is said.</summary>
    [Range(0, 100000)]
    public int? Replicas { get; init; }

    /// <summary>At most one live holder, ever: moved by stop, confirm, start. Needs replicas 1 (or 0).</summary>
    public bool Singleton { get; init; }

    /// <summary>What one replica runs.</summary>
    public WorkloadTemplate Template { get; init; } = new();

    /// <summary>How a new template replaces the old.</summary>
    public UpdateStrategy Update { get; init; } = new();

    /// <summary>Earlier templates that are kept for undo, 1 to 100.</summary>
    [Range(1, 100)]
    public int RevisionHistoryLimit { get; init; } = 10;

    /// <summary>How much of it may be missing because of steps that nobody was forced to; what <see cref="Update"/> allows if left out. Kubernetes clusters keep it too when their own nodes are drained.</summary>
    public DisruptionBudget? Disruption { get; init; }

    /// <summary>Where a person wants its replicas, beside what the policy says; <c>fedctl move</c> writes it.</summary>
    public IReadOnlyList<ClusterPin>? Pins { get; init; }

    /// <summary>Name of a PlacementPolicy in the same namespace; excludes <see cref="Placement"/>.</summary>
    public string? PlacementPolicy { get; init; }

    /// <summary>The policy, written in place.</summary>
    public PlacementPolicySpec? Placement { get; init; }

    /// <summary>When this workload leaves a lost cluster; takes the place of the policy's rule.</summary>
    public FailoverRule? Failover { get; init; }
}
