using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Placement.Dispatching;

/// <summary>The next step from a workload's orders towards its binding.</summary>
/// <param name="Upserts">Orders to write, ordered by id.</param>
/// <param name="Removals">Orders whose end is proven, ordered by id.</param>
/// <param name="WorkloadGone">The workload was to be removed, and nothing of it is left.</param>
public sealed record DispatchDecision(IReadOnlyList<Assignment> Upserts, IReadOnlyList<AssignmentId> Removals, bool WorkloadGone)
{
    /// <summary>Nothing to do.</summary>
    public bool IsEmpty => Upserts.Count == 0 && Removals.Count == 0 && !WorkloadGone;
}
