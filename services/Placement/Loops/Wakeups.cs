using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Storage;

namespace Federation.Placement.Loops;

/// <summary>Tells the loops what to look at again, from the store's own changes and the feeds'.</summary>
public sealed class Wakeups(IStore store, PlannerLoop planner, DispatchLoop dispatch)
{
    private static readonly string[] Watched =
        [Kinds.Cluster, Kinds.Workload, Kinds.PlacementPolicy, Kinds.Volume, Kinds.Binding, Kinds.Assignment, Kinds.Rollout, Kinds.Relocation, Kinds.Recovery];

    /// <summary>Follows the store until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (StoreWatchBatch batch in store.WatchAsync(null, Watched, cancellationToken))
        {
            if (batch is not StoreWatchBatch.Changes changes)
            {
                planner.Wake();
                dispatch.WakeAll();
                continue;
            }
            foreach (StoreChange change in changes.Items)
            {
                switch (change.Key.Kind)
                {
                    case Kinds.Binding:
                        dispatch.Wake(WorkloadKey.Parse(change.Key.Key));
                        break;
                    case Kinds.Assignment:
                        // The planner counts orders as taken room; its answer changes only when they do.
                        planner.Wake();
                        if ((change.Document ?? change.Previous) is { } document) dispatch.Wake(PlacementState.Read<Assignment>(document).Workload);
                        break;
                    case Kinds.Workload:
                    case Kinds.Rollout:
                    case Kinds.Relocation:
                        planner.Wake();
                        dispatch.Wake(WorkloadKey.Parse(change.Key.Key));
                        break;
                    default:
                        planner.Wake();
                        dispatch.WakeAll();
                        break;
                }
            }
        }
    }

    /// <summary>Takes a batch of Health's feed.</summary>
    public void OnHealth(FeedView view, IReadOnlyList<FeedChange> changes)
    {
        bool plan = false;
        var places = new HashSet<(ClusterId Cluster, NodeId? Node)>();
        foreach (FeedChange change in changes)
        {
            switch (change.Kind)
            {
                case "ReplicaObservation":
                    foreach (FeedItem? item in (FeedItem?[])[change.Before, change.After])
                        if (item is not null) dispatch.Wake(item.Value<ReplicaObservation>().Workload);
                    plan = true;
                    break;
                case "ReplicaTraffic":
                    // What replicas answer moves none of them.
                    if (change.After is { } seen) dispatch.Wake(seen.Value<ReplicaTraffic>().Workload);
                    break;
                default:
                    // A node's, or a verdict on a cluster or node: each is known by its place.
                    places.Add(PlaceOf(change.Key));
                    plan = true;
                    break;
            }
        }
        if (plan) planner.Wake();
        if (places.Count > 0) dispatch.WakeAt(places);
    }

    private static (ClusterId Cluster, NodeId? Node) PlaceOf(string key) =>
        key.Contains('/', StringComparison.Ordinal) ? (NodeKey.Parse(key).Cluster, NodeKey.Parse(key).Node) : (ClusterId.Parse(key), null);

    /// <summary>Takes a batch of SecretStore's feed: new versions are new revisions of the workloads that use them.</summary>
    public void OnMaterial(FeedView view, IReadOnlyList<FeedChange> changes)
    {
        planner.Wake();
        dispatch.WakeAll();
    }
}
