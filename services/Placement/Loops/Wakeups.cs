using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
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
                        planner.WakeInTurn();
                        if ((change.Document ?? change.Previous) is { } document) dispatch.Wake(PlacementState.Read<Assignment>(document).Workload);
                        break;
                    case Kinds.Workload:
                    case Kinds.Rollout:
                    case Kinds.Relocation:
                        planner.WakeInTurn();
                        dispatch.Wake(WorkloadKey.Parse(change.Key.Key));
                        break;
                    case Kinds.Volume:
                        // Only workloads of its namespace can use it.
                        planner.WakeInTurn();
                        string[] volume = change.Key.Key.Split('/');
                        dispatch.WakeNamespace(TenantId.Parse(volume[0]), volume[1]);
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
        var wakes = HealthWakes.Of(changes);
        foreach (WorkloadKey workload in wakes.Workloads) dispatch.Wake(workload);
        if (wakes.Places.Count > 0) dispatch.WakeAt(wakes.Places);
        // What ran before an order takes room until the order is obeyed.
        bool freed = wakes.Obeyed.Count > 0 && dispatch.WakeObeyed(wakes.Obeyed).Any(static order => order.MayStillRun > 0);
        if (wakes.Places.Count > 0) planner.Wake();
        else if (wakes.Room || freed) planner.WakeInTurn();
    }

    /// <summary>Takes a batch of SecretStore's feed: new versions are new revisions of the workloads that use them.</summary>
    public void OnMaterial(FeedView view, IReadOnlyList<FeedChange> changes)
    {
        planner.Wake();
        dispatch.WakeAll();
    }
}
