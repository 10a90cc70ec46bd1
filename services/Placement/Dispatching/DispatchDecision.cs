using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Placement.Dispatching;

/// <summary>The next step from a workload's orders towards its binding.</summary>
/// <param name="Upserts">Orders to write, ordered by id.</param>
/// <param name="Removals">Orders whose end is proven, ordered by id.</param>
/// <param name="WorkloadGone">The workload was to be removed, and nothing of it is left.</param>
public sealed record DispatchDecision(IReadOnlyList<Assignment> Upserts, IReadOnlyList<AssignmentId> Removals, bool WorkloadGone)
{
    /// <summary>The revision runs, ready and alone, wherever the binding wants replicas.</summary>
    public bool RolledOut { get; init; }

    /// <summary>The clusters of which that is so, in order.</summary>
    public IReadOnlyList<ClusterId> ClustersDone { get; init; } = [];

    /// <summary>All that was wanted has ended by design, with exit code 0.</summary>
    public bool Completed { get; init; }

    /// <summary>Orders that must go, or must shrink, and may not yet, in order of their ids.</summary>
    public IReadOnlyList<HeldOrder> Held { get; init; } = [];

    /// <summary>Nothing to do.</summary>
    public bool IsEmpty => Upserts.Count == 0 && Removals.Count == 0 && !WorkloadGone;
}
