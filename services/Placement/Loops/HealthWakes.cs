using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;

namespace Federation.Placement.Loops;

/// <summary>
/// Whom a batch of Health's feed concerns. Most of what it tells is of one workload, or of no consequence for where anything runs: where many are
/// started on one place, each would else be looked at for each other's every step.
/// </summary>
public sealed class HealthWakes
{
    private readonly HashSet<WorkloadKey> _workloads = [];
    private readonly HashSet<(ClusterId Cluster, NodeId? Node)> _places = [];
    private readonly List<ObeyedOrders> _obeyed = [];

    private HealthWakes()
    {
    }

    /// <summary>Whether other room is taken than before, or others are ready. Those of <see cref="Obeyed"/> may free some too.</summary>
    public bool Room { get; private set; }

    /// <summary>The workloads that it is about.</summary>
    public IReadOnlySet<WorkloadKey> Workloads => _workloads;

    /// <summary>The places that are lost, back, or offer other things: all that is there is concerned, and the plan. A cluster without a node stands for all that is in it.</summary>
    public IReadOnlySet<(ClusterId Cluster, NodeId? Node)> Places => _places;

    /// <summary>The orders that are obeyed since.</summary>
    public IReadOnlyList<ObeyedOrders> Obeyed => _obeyed;

    /// <summary>Reads a batch.</summary>
    public static HealthWakes Of(IReadOnlyList<FeedChange> changes)
    {
        var wakes = new HealthWakes();
        foreach (FeedChange change in changes) wakes.Take(change);
        return wakes;
    }

    private void Take(FeedChange change)
    {
        switch (change.Kind)
        {
            case "ReplicaObservation":
                Take(change.Before?.Value<ReplicaObservation>(), change.After?.Value<ReplicaObservation>());
                break;
            case "ReplicaTraffic":
                // What replicas answer moves none of them.
                if (change.After is { } seen) _workloads.Add(seen.Value<ReplicaTraffic>().Workload);
                break;
            case "NodeObservation" when change is { Before: { } before, After: { } after }:
                Take(before.Value<NodeObservation>(), after.Value<NodeObservation>());
                break;
            default:
                // A node that comes or goes, or a verdict on a cluster or node: each is known by its place.
                _places.Add(PlaceOf(change.Key));
                break;
        }
    }

    private void Take(ReplicaObservation? before, ReplicaObservation? after)
    {
        if (before is not null) _workloads.Add(before.Workload);
        if (after is not null) _workloads.Add(after.Workload);
        Room |= PlannersView(before) != PlannersView(after);
    }

    private void Take(NodeObservation before, NodeObservation after)
    {
        if (!before.Capabilities.SequenceEqual(after.Capabilities)) _places.Add((after.Cluster, after.Node));
        else if (before.AppliedRevision != after.AppliedRevision) _obeyed.Add(new(after.Cluster, after.Node, before.AppliedRevision, after.AppliedRevision));
        NodeObservation beforeIt = before with { AppliedRevision = after.AppliedRevision, AppliedTerm = after.AppliedTerm, Capabilities = after.Capabilities, Machines = after.Machines };
        Room |= beforeIt != after || !before.Machines.SequenceEqual(after.Machines);
    }

    // What a plan is made of, and what its story tells: the room that is taken, who is ready, and whether a node stopped its singleton by itself.
    private static (AssignmentId, ClusterId, NodeId?, bool Running, bool Ready, DateTimeOffset? FencedAt, bool BegunAnew)? PlannersView(ReplicaObservation? replica) =>
        replica is null or { Running: false, FencedAt: null }
            ? null
            : (replica.Assignment, replica.Cluster, replica.Node, replica.Running, replica.State == ReplicaState.Ready, replica.FencedAt, replica is { FencedAt: not null, StartedAt: not null });

    private static (ClusterId Cluster, NodeId? Node) PlaceOf(string key) =>
        key.Contains('/', StringComparison.Ordinal) ? (NodeKey.Parse(key).Cluster, NodeKey.Parse(key).Node) : (ClusterId.Parse(key), null);
}
