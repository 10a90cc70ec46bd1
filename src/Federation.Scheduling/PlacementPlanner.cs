using Federation.Domain.Identifiers;
using Federation.Scheduling.Explanation;
using Federation.Scheduling.Rebalancing;
using Federation.Scheduling.Reservation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling;

/// <summary>
/// The planner: a function from what is wanted and what is so to one Binding for every workload. It reads no clock, no chance and nothing but its
/// arguments, and the order of the lists in them never matters. Its parts are the folders, in order: Snapshot (index the input), Classes, Filters,
/// Scoring, Division, Reservation.
/// </summary>
public static class PlacementPlanner
{
    /// <summary>Plans all workloads. An unchanged world, or the same world with the plan carried out, gives the same plan again.</summary>
    public static PlacementPlan Compute(DesiredState desired, ObservedState observed) => PlanningPass.Plan(desired, observed);

    /// <summary>Why each cluster and node was chosen or refused for a workload, computed again from the same input by the same rules; null if the workload is not desired.</summary>
    public static PlacementExplanation? Explain(DesiredState desired, ObservedState observed, WorkloadKey workload) => Explainer.Explain(desired, observed, workload);

    /// <summary>
    /// Which stateless workloads would be placed better elsewhere, by the scores that new ones are placed by, ordered by key. Each gains enough to be worth the move, and all can
    /// be carried out: a world in which no single workload would gain is planned as empty.
    /// </summary>
    public static IReadOnlyList<BetterPlacement> Rebalance(DesiredState desired, ObservedState observed) => PlanningPass.Begin(desired, observed).Improve();

    /// <summary>What is allocatable and what is free by invariant 6 on every node (for clusters that are driven as a whole: in every cluster), in order of cluster and node.</summary>
    public static IReadOnlyList<TargetCapacity> Capacity(DesiredState desired, ObservedState observed)
    {
        var snapshot = new PlanningSnapshot(desired, observed);
        PlannedWorkload[] workloads = [.. desired.Workloads];
        var ledger = new CapacityLedger(snapshot, new HoldingIndex(snapshot, workloads, observed));
        var capacities = new List<TargetCapacity>();
        for (int s = 0; s < snapshot.Slots.Length; s++)
        {
            SlotEntry slot = snapshot.Slots[s];
            if (slot.Observed) capacities.Add(new TargetCapacity(snapshot.Clusters[slot.Cluster].Id, slot.Node, slot.Allocatable, ledger.Free(s)));
        }
        return capacities;
    }
}
