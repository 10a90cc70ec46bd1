using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Storage;

namespace Federation.Placement.Events;

/// <summary>
/// Tells a failover to its end: what was given up and why, that work leaves slowly, and when all of it runs elsewhere. For people alone: nothing is
/// decided by it, and a restart forgets what it had begun to tell.
/// </summary>
/// <param name="events">Writes it down.</param>
/// <param name="time">Measures how long it took.</param>
public sealed class FailoverStory(EventJournal events, TimeProvider time)
{
    private readonly SortedDictionary<WorkloadKey, (SortedSet<string> Lost, long Since)> _open = [];
    private string? _slowly;

    /// <summary>The events of one plan.</summary>
    public IReadOnlyList<StoreWrite> Tell(PlanInputs inputs, PlacementState state, ObservedWorld observed)
    {
        var writes = new List<StoreWrite>();
        ILookup<WorkloadKey, Assignment>? orders = inputs.Left.Count == 0 ? null : inputs.Observed.Assignments.ToLookup(static order => order.Workload);
        foreach (DueLoss left in inputs.Left)
        {
            if (!left.Moves) continue;
            foreach (Assignment order in orders![left.Loss.Workload])
            {
                // A cluster's loss is told by its nodes where it has orders by node.
                if (order.Cluster != left.Loss.Cluster || order.Node != left.Loss.Node || order.Replicas == 0) continue;
                if (order.State is not (AssignmentState.Active or AssignmentState.Moving)) continue;
                string where = order.Node is { } node ? $"{order.Cluster}/{node}" : $"{order.Cluster}";
                writes.Add(events.Left(order.Workload, where, order.Replicas, left.Why));
                if (!_open.TryGetValue(order.Workload, out (SortedSet<string> Lost, long Since) open))
                    _open[order.Workload] = open = (new SortedSet<string>(StringComparer.Ordinal), time.GetTimestamp());
                open.Lost.Add(where);
            }
        }
        string? slowly = inputs.Waiting > 0 ? inputs.Pace.Reason : null;
        if (slowly is not null && slowly != _slowly)
        {
            foreach (TenantId tenant in inputs.Desired.Workloads.Select(static workload => workload.Key.Tenant).Distinct().Order())
                writes.Add(events.LeavesSlowly(tenant, slowly, inputs.Waiting));
        }
        _slowly = slowly;
        foreach ((WorkloadKey workload, (SortedSet<string> Lost, long Since) open) in _open.ToArray())
        {
            if (state.Workload(workload) is null)
            {
                _open.Remove(workload);
                continue;
            }
            if (state.Binding(workload) is not { Unplaced: 0 } binding || Total(binding) is var total && Ready(workload, observed) < total) continue;
            _open.Remove(workload);
            writes.Add(events.Recovered(workload, total, open.Lost, time.GetElapsedTime(open.Since)));
        }
        return writes;
    }

    private static int Total(Binding binding) => binding.Shares.Sum(static share => share.Replicas);

    private static int Ready(WorkloadKey workload, ObservedWorld observed) => observed.ReplicasOf(workload).Count(replica =>
        replica.State == ReplicaState.Ready && observed.Verdict(replica.Cluster, replica.Node)?.State.IsInContact() == true);
}
