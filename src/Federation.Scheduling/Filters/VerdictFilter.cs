using Federation.Domain.Observation;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>
/// New replicas go only to what is in contact and whose capacity is reported. What runs elsewhere stays: a verdict alone never evicts, only the
/// end of the workload's toleration does, which <see cref="Evicts"/> tells.
/// </summary>
internal sealed class VerdictFilter : PlacementFilter
{
    public override string Name => "verdict";

    public override void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table) => table.Closed.UnionWith(snapshot.Conditions.NotReady);

    public override string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot)
    {
        SlotEntry entry = snapshot.Slots[slot];
        return entry.Verdict switch
        {
            VerdictState.Ready or VerdictState.Draining or VerdictState.Cordoned => $"{entry.Text} has not reported its capacity; it opens with its next report",
            VerdictState.NotReady or VerdictState.Unreachable => $"{entry.Text} is lost ({entry.VerdictReason}); it opens when Health calls it ready",
            VerdictState.Suspect => $"{entry.Text} is suspect ({entry.VerdictReason}): what runs there stays, nothing new comes until Health calls it ready",
            _ => $"{entry.Text} is unknown ({entry.VerdictReason}); it opens when Health calls it ready",
        };
    }

    /// <summary>Whether the workload's share on the slot is given up: lost, and no longer tolerated.</summary>
    public static bool Evicts(PlanningSnapshot snapshot, PlannedWorkload workload, int slot, IReadOnlySet<ToleratedLoss> ended)
    {
        SlotEntry entry = snapshot.Slots[slot];
        if (entry.ConfirmedLost && !entry.Verdict.IsInContact()) return true;
        if (!entry.Verdict.IsLost() || !workload.Policy.Failover.Enabled || ended.Count == 0) return false;
        Domain.Identifiers.ClusterId cluster = snapshot.Clusters[entry.Cluster].Id;
        return ended.Contains(new ToleratedLoss(workload.Key, cluster, null))
            || (entry.Node is { } node && ended.Contains(new ToleratedLoss(workload.Key, cluster, node)));
    }

    /// <summary>Whether a lost holder has surely stopped its singletons by itself.</summary>
    public static bool HasFencedItself(SlotEntry slot) =>
        (slot.ConfirmedLost && !slot.Verdict.IsInContact())
        || (slot.Verdict.IsLost() && slot.LeaseEnded && (slot.Capabilities & Capabilities.Fencing) != 0);
}
