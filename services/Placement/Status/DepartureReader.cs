using Federation.Contracts.Api;
using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Dispatching;
using Federation.Placement.Documents;
using Federation.Placement.Loops;
using Federation.Placement.Planning;
using Federation.Storage;

namespace Federation.Placement.Status;

/// <summary>Tells what has not left a cluster or a node yet, and what holds it: recomputed by the rules that hold it, from what they read.</summary>
public sealed class DepartureReader(IStore store, FeedFollower health, FeedFollower material)
{
    /// <summary>Whether the node has reported, or has orders.</summary>
    public bool Knows(ClusterId cluster, string node)
    {
        if (Name.Violation(node) is not null) return false;
        var key = new NodeKey(cluster, new NodeId(node));
        return new ObservedWorld(health.Current).Node(key) is not null || new PlacementState(store.Current).Assignments.Any(placed => placed.Order.NodeKey == key);
    }

    /// <summary>The shares that are still there, in order of workload and node.</summary>
    public IReadOnlyList<DepartureView> Read(ClusterId cluster, NodeId? node)
    {
        var state = new PlacementState(store.Current);
        var observed = new ObservedWorld(health.Current);
        var resolver = WorkloadResolver.Of(state, material.Current);
        return [.. state.Assignments
            .Where(placed => placed.Order.Cluster == cluster && (node is null || placed.Order.Node == node))
            .GroupBy(static placed => placed.Order.Workload)
            .SelectMany(mine => Read(mine.Key, [.. mine], state, observed, resolver))
            .OrderBy(static view => view.Workload, StringComparer.Ordinal).ThenBy(static view => view.Node, StringComparer.Ordinal)];
    }

    /// <summary>Why orders of a workload that should go or shrink may not yet, by their ids; empty where nothing is held.</summary>
    public static IReadOnlyList<HeldOrder> Held(Workload workload, ResolvedWorkload resolved, PlacementState state, ObservedWorld observed)
    {
        if (workload.Metadata.DeletionRequestedAt is not null || resolved is not ResolvedWorkload.Complete) return [];
        WorkloadKey key = WorkloadResolver.KeyOf(workload);
        Binding? binding = state.Binding(key);
        PlacedAssignment[] orders = [.. state.AssignmentsOf(workload.Metadata.Uid!)];
        return DispatchRules.Compute(DispatchTargets.Input(workload, resolved, binding, orders, DispatchTargets.Of(key, binding, orders, observed, state), 0)).Held;
    }

    private IEnumerable<DepartureView> Read(WorkloadKey key, PlacedAssignment[] here, PlacementState state, ObservedWorld observed, WorkloadResolver resolver)
    {
        Workload? workload = state.Workload(key);
        Binding? binding = state.Binding(key);
        IReadOnlyList<HeldOrder> held = workload is null ? [] : Held(workload, resolver.Resolve(workload), state, observed);
        ReplicaObservation[] replicas = [.. observed.ReplicasOf(key)];
        foreach (Assignment order in here.Select(static placed => placed.Order))
        {
            ReplicaObservation[] mine = [.. replicas.Where(replica => replica.Assignment == order.Id && replica.Running)];
            (bool blocked, string reason) = Reason(order, binding, held, observed.Verdict(order.Cluster, order.Node));
            yield return new DepartureView(
                key.ToString(), order.Node?.Value, Math.Max(mine.Length, order.State == AssignmentState.Withdrawn ? 0 : order.Replicas),
                mine.Count(static replica => replica.State == ReplicaState.Ready), order.State.ToString(), blocked, reason);
        }
    }

    private (bool Blocked, string Reason) Reason(Assignment order, Binding? binding, IReadOnlyList<HeldOrder> held, Verdict? verdict)
    {
        if (!health.IsFresh(PlannerLoop.HealthSilence)) return (true, "Health is silent, so nothing is decided");
        bool stays = binding?.WorkloadUid == order.WorkloadUid && binding.Shares.Any(share => share.Cluster == order.Cluster && share.Node == order.Node);
        HeldOrder? why = held.FirstOrDefault(one => one.Id == order.Id);
        if (order.State == AssignmentState.Unreachable && why is null)
            return (false, stays && verdict?.State.IsInContact() == true
                ? "is back, and goes on here as soon as what was started in its stead may end"
                : $"is placed elsewhere; what runs here is out of reach: {verdict?.Reason ?? "not heard"}");
        if (order.State == AssignmentState.Withdrawn) return (false, "drains and stops");
        if (stays && binding!.Stranded is { } stranded) return (true, stranded);
        if (why is not null) return (why.Blocked, why.Reason);
        if (stays) return (false, "stays by the present decision");
        return (binding?.Unplaced > 0, binding?.Unplaced > 0
            ? $"{binding.Unplaced} replicas found no place elsewhere; see: fedctl explain workload {order.Workload.Name}"
            : "its replacements start elsewhere");
    }
}
