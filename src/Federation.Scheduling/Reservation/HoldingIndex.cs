using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Reservation;

/// <summary>Every workload's holdings, ordered by slot; and the holdings of workloads that are no longer desired, which take room all the same.</summary>
internal sealed class HoldingIndex
{
    private readonly int[] _first;
    private readonly Holding[] _holdings;

    public HoldingIndex(PlanningSnapshot snapshot, IReadOnlyList<PlannedWorkload> workloads, ObservedState observed)
    {
        _first = new int[workloads.Count + 1];
        if (observed.Assignments.Count == 0 && observed.Replicas.Count == 0)
        {
            _holdings = [];
            return;
        }
        var byKey = new Dictionary<WorkloadKey, int>(workloads.Count);
        for (int w = 0; w < workloads.Count; w++) byKey.Add(workloads[w].Key, w);
        Dictionary<AssignmentId, int> running = CountRunning(observed);

        var rows = new List<(int Workload, Holding Holding)>(observed.Assignments.Count);
        for (int i = 0; i < observed.Assignments.Count; i++)
        {
            Assignment assignment = observed.Assignments[i];
            int slot = snapshot.FindSlot(snapshot.FindCluster(assignment.Cluster), assignment.Node);
            running.Remove(assignment.Id, out int observedCount);
            // Another workload that once had the same name is another workload: its uid tells.
            int workload = byKey.TryGetValue(assignment.Workload, out int w) && workloads[w].Uid == assignment.WorkloadUid ? w : -1;
            rows.Add((workload, new Holding
            {
                Slot = slot,
                Assigned = assignment.Replicas,
                InFlight = assignment.Completed ? observedCount : Math.Max(Math.Max(assignment.Replicas + assignment.Surge, assignment.MayStillRun), observedCount),
                Unit = UnitOf(assignment, workload < 0 ? null : workloads[workload].Fallback),
                State = assignment.State,
                Ordered = true,
            }));
        }
        if (running.Count > 0) AddUnordered(snapshot, workloads, observed, byKey, running, rows);

        rows.Sort(static (a, b) => a.Workload != b.Workload ? a.Workload.CompareTo(b.Workload)
            : a.Holding.Slot != b.Holding.Slot ? a.Holding.Slot.CompareTo(b.Holding.Slot)
            : a.Holding.Ordered != b.Holding.Ordered ? b.Holding.Ordered.CompareTo(a.Holding.Ordered)
            : a.Holding.State != b.Holding.State ? a.Holding.State.CompareTo(b.Holding.State)
            : a.Holding.Assigned.CompareTo(b.Holding.Assigned));
        _holdings = new Holding[rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            _holdings[i] = rows[i].Holding;
            _first[rows[i].Workload + 1]++;
        }
        // Holdings of workloads that are not desired come first (-1); after the sums each workload's range begins at its own entry.
        for (int w = 1; w < _first.Length; w++) _first[w] += _first[w - 1];
    }

    /// <summary>All holdings, the not desired included.</summary>
    public ReadOnlySpan<Holding> All => _holdings;

    /// <summary>One workload's holdings, ordered by slot.</summary>
    public ReadOnlySpan<Holding> Of(int workload) => _holdings.AsSpan(_first[workload], _first[workload + 1] - _first[workload]);

    // The version before runs on beside the ordered one until that is proven: where it is the larger, it is what takes the room.
    private static ResourceAmount UnitOf(Assignment assignment, WorkloadTemplate? fallback)
    {
        ResourceAmount ordered = PlannedWorkload.ReservedBy(assignment.Template);
        return fallback is null ? ordered : ResourceAmount.Larger(ordered, PlannedWorkload.ReservedBy(fallback));
    }

    private static Dictionary<AssignmentId, int> CountRunning(ObservedState observed)
    {
        var running = new Dictionary<AssignmentId, int>(observed.Assignments.Count);
        for (int i = 0; i < observed.Replicas.Count; i++)
        {
            ReplicaObservation replica = observed.Replicas[i];
            if (!replica.Running) continue;
            running.TryGetValue(replica.Assignment, out int count);
            running[replica.Assignment] = count + 1;
        }
        return running;
    }

    private static void AddUnordered(PlanningSnapshot snapshot, IReadOnlyList<PlannedWorkload> workloads, ObservedState observed,
        Dictionary<WorkloadKey, int> byKey, Dictionary<AssignmentId, int> unordered, List<(int Workload, Holding Holding)> rows)
    {
        var bySlot = new Dictionary<(int Workload, int Slot), int>();
        for (int i = 0; i < observed.Replicas.Count; i++)
        {
            ReplicaObservation replica = observed.Replicas[i];
            if (!replica.Running || !unordered.ContainsKey(replica.Assignment)) continue;
            int cluster = snapshot.FindCluster(replica.Cluster);
            int slot = cluster < 0 ? -1 : snapshot.FindSlot(cluster, snapshot.Clusters[cluster].Native ? replica.Node : null);
            // Without an assignment and without a workload nobody knows what it was given; the Agent reports it as foreign use.
            if (slot < 0 || !byKey.TryGetValue(replica.Workload, out int workload)) continue;
            bySlot.TryGetValue((workload, slot), out int count);
            bySlot[(workload, slot)] = count + 1;
        }
        foreach (((int workload, int slot), int count) in bySlot)
        {
            rows.Add((workload, new Holding
            {
                Slot = slot,
                Assigned = 0,
                InFlight = count,
                Unit = workloads[workload].Reserved,
                State = AssignmentState.Withdrawn,
                Ordered = false,
            }));
        }
    }
}
