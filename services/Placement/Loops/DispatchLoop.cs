using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Rollouts;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Dispatching;
using Federation.Placement.Documents;
using Federation.Placement.Events;
using Federation.Placement.Moving;
using Federation.Placement.Planning;
using Federation.Placement.Rollouts;
using Federation.Reconciliation;
using Federation.Storage;

namespace Federation.Placement.Loops;

/// <summary>
/// Acts: brings a workload's orders one safe step nearer to its binding. Works only on a fresh view of Health, and writes under the
/// condition that the orders, the binding and the workload are still those it read.
/// </summary>
public sealed partial class DispatchLoop
{
    private readonly IStore _store;
    private readonly DecisionTurn _turn;
    private readonly FeedFollower _health;
    private readonly FeedFollower _material;
    private readonly EventJournal _events;
    private readonly RolloutDesk _rollouts;
    private readonly TimeProvider _time;
    private readonly WorkQueue<WorkloadKey> _queue;
    private readonly ControlLoop<WorkloadKey> _loop;
    private readonly ILogger _logger;

    public DispatchLoop(IStore store, FeedFollower health, FeedFollower material, EventJournal events, TimeProvider time, ILogger logger)
    {
        _store = store;
        _turn = DecisionTurn.Of(store);
        _health = health;
        _material = material;
        _events = events;
        _rollouts = new RolloutDesk(time);
        _time = time;
        _logger = logger;
        _queue = new WorkQueue<WorkloadKey>(time, Backoff.Default);
        _loop = new ControlLoop<WorkloadKey>("dispatch", _queue, (key, ct) => _turn.TakeAsync(() => DispatchAsync(key, ct)), TimeSpan.FromSeconds(10), time, logger);
    }

    /// <summary>Asks for a look at the workload: something of it changed.</summary>
    public void Wake(WorkloadKey key) => _queue.Add(key);

    /// <summary>Asks for a look at all workloads.</summary>
    public void WakeAll()
    {
        foreach (Workload workload in new PlacementState(_store.Current).Workloads) Wake(WorkloadResolver.KeyOf(workload));
    }

    /// <summary>Asks for a look at the workloads of one namespace.</summary>
    public void WakeNamespace(TenantId tenant, string @namespace)
    {
        foreach (WorkloadKey key in new PlacementState(_store.Current).Workloads.Select(WorkloadResolver.KeyOf))
            if (key.Tenant == tenant && key.Namespace == @namespace) Wake(key);
    }

    /// <summary>
    /// Asks for a look at the workloads that have an order or a share at one of these places: what is seen of a place concerns no other. A cluster
    /// without a node stands for all that is in it, and for an order to the cluster as a whole each of its nodes counts.
    /// </summary>
    public void WakeAt(IReadOnlySet<(ClusterId Cluster, NodeId? Node)> places)
    {
        var state = new PlacementState(_store.Current);
        HashSet<ClusterId> clusters = [.. places.Select(static place => place.Cluster)];
        foreach (PlacedAssignment placed in state.Assignments)
            if (IsSeen(placed.Order.Cluster, placed.Order.Node)) Wake(placed.Order.Workload);
        foreach (Binding binding in state.All<Binding>(Kinds.Binding))
            if (binding.Shares.Any(share => IsSeen(share.Cluster, share.Node))) Wake(binding.Workload);

        bool IsSeen(ClusterId cluster, NodeId? node) => node is null ? clusters.Contains(cluster) : places.Contains((cluster, node)) || places.Contains((cluster, null));
    }

    /// <summary>Asks for a look at the workloads of the orders that are obeyed since, and answers those orders; nothing of the others at the same places has changed.</summary>
    public IReadOnlyList<Assignment> WakeObeyed(IReadOnlyList<ObeyedOrders> obeyed)
    {
        Assignment[] orders = [.. new PlacementState(_store.Current).Assignments.Where(placed => obeyed.Any(place => place.Includes(placed))).Select(static placed => placed.Order)];
        foreach (Assignment order in orders) Wake(order.Workload);
        return orders;
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        WakeAll();
        await _loop.RunAsync(cancellationToken);
    }

    private async Task<TimeSpan?> DispatchAsync(WorkloadKey key, CancellationToken cancellationToken)
    {
        var state = new PlacementState(_store.Current);
        if (state.Workload(key) is not { } workload) return null;
        if (!state.Decides || !_health.Current.Known || !_health.IsFresh(PlannerLoop.HealthSilence))
        {
            _rollouts.Hold(key);
            return TimeSpan.FromSeconds(1);
        }
        bool deleting = workload.Metadata.DeletionRequestedAt is not null;
        ResolvedWorkload resolved = WorkloadResolver.Of(state, _material.Current).Resolve(workload);
        if (resolved is not ResolvedWorkload.Complete && !deleting) return null;

        Binding? binding = state.Binding(key);
        PlacedAssignment[] orders = [.. state.AssignmentsOf(workload.Metadata.Uid!)];
        var observed = new ObservedWorld(_health.Current);
        IReadOnlyList<TargetView> targets = DispatchTargets.Of(key, binding, orders, observed, state);
        RolloutAdvice advice = resolved is ResolvedWorkload.Complete judged && !deleting
            ? _rollouts.Advise(key, judged, state, observed, orders, targets)
            : new RolloutAdvice();
        if (advice.Failure is { } failure) return await FailAsync(state, workload, key, (ResolvedWorkload.Complete)resolved, failure, cancellationToken);
        DispatchDecision decision = DispatchRules.Compute(DispatchTargets.Input(workload, resolved, binding, orders, targets, _store.Term) with
        {
            Proven = advice.Proven,
            Paused = advice.Paused,
            ClusterRanks = advice.ClusterRanks,
            ClustersDone = advice.ClustersDone,
            BetweenClusters = advice.BetweenClusters,
        });
        Rollout? before = state.Rollout(key) is { } record && record.WorkloadUid == workload.Metadata.Uid ? record : null;
        Rollout? after = resolved is ResolvedWorkload.Complete known && !deleting && binding?.IsOf(workload.Metadata.Uid, workload.Metadata.Generation, known.Revision) == true
            ? RolloutSteps.After(before, workload.Metadata.Uid!, state.NewestNumber(key), known, decision, _time.GetUtcNow())
            : before;
        bool arrived = state.Relocation(key) is { } relocation && RelocationRules.HasEnded(relocation, workload, orders, state.Cluster, (cluster, node) => observed.Verdict(cluster, node)?.State);
        if (decision.IsEmpty && ReferenceEquals(before, after) && !arrived) return advice.LookAgain;

        StoreTransaction transaction = Transaction(state, workload, key, orders, targets, decision, RolloutWrites(key, before, after));
        if (arrived)
        {
            var ended = new DocumentKey(Kinds.Relocation, key.ToString());
            transaction = transaction with
            {
                Conditions = [.. transaction.Conditions, new(ended, state.RevisionOf(ended.Kind, ended.Key))],
                Writes = [.. transaction.Writes, new(ended, null)],
            };
        }
        CommitOutcome outcome = await _store.CommitAsync(transaction, cancellationToken);
        if (outcome is CommitOutcome.Committed committed)
        {
            PlacementMetrics.Dispatched(decision);
            if (decision.WorkloadGone) _rollouts.Forget(key);
            LogDispatched(_logger, key, decision.Upserts.Count, decision.Removals.Count, committed.Revision);
            return advice.LookAgain;
        }
        return TimeSpan.FromMilliseconds(10);
    }

    // The failure is durable before anything is handed out because of it.
    private async Task<TimeSpan?> FailAsync(
        PlacementState state, Workload workload, WorkloadKey key, ResolvedWorkload.Complete resolved, string reason, CancellationToken cancellationToken)
    {
        Rollout before = resolved.Rollout!;
        Rollout after = RolloutSteps.Failed(before, before.Trial!, reason, workload.Spec.Update.OnFailure, _time.GetUtcNow());
        string text = key.ToString();
        CommitOutcome outcome = await _store.CommitAsync(new StoreTransaction
        {
            Conditions =
            [
                new(new(Kinds.Workload, text), state.RevisionOf(Kinds.Workload, text)),
                new(new(Kinds.Rollout, text), state.RevisionOf(Kinds.Rollout, text)),
            ],
            Writes = [.. RolloutWrites(key, before, after)],
        }, cancellationToken);
        if (outcome is not CommitOutcome.Committed committed) return TimeSpan.FromMilliseconds(10);
        LogFailed(_logger, key, after.Failure!.Number, after.Failure.Action.ToString(), committed.Revision);
        return TimeSpan.Zero;
    }

    private IEnumerable<StoreWrite> RolloutWrites(WorkloadKey key, Rollout? before, Rollout? after)
    {
        if (after is null || ReferenceEquals(before, after)) return [];
        return [PlacementState.Put(Kinds.Rollout, key.ToString(), after), .. _events.Of(key, before, after)];
    }

    private StoreTransaction Transaction(
        PlacementState state, Workload workload, WorkloadKey key, PlacedAssignment[] orders, IReadOnlyList<TargetView> targets, DispatchDecision decision, IEnumerable<StoreWrite> rollout)
    {
        string text = key.ToString();
        var conditions = new List<StoreCondition>
        {
            new(new(Kinds.Workload, text), state.RevisionOf(Kinds.Workload, text)),
            new(new(Kinds.Binding, text), state.RevisionOf(Kinds.Binding, text)),
            new(new(Kinds.Rollout, text), state.RevisionOf(Kinds.Rollout, text)),
        };
        // Who starts beside what a person gave up for lost does so only while that decision stands.
        foreach (ClusterId lost in targets.Where(static target => target.ConfirmedLost).Select(static target => target.Cluster).Distinct())
            conditions.Add(new(new(Kinds.Cluster, lost.Value), state.RevisionOf(Kinds.Cluster, lost.Value)));
        var writes = new List<StoreWrite>(rollout);
        foreach (Assignment order in decision.Upserts)
        {
            conditions.Add(new(new(Kinds.Assignment, order.Id.Value), state.RevisionOf(Kinds.Assignment, order.Id.Value)));
            writes.Add(PlacementState.Put(Kinds.Assignment, order.Id.Value, order));
            writes.AddRange(_events.Of(order, orders.FirstOrDefault(placed => placed.Order.Id == order.Id)?.Order));
        }
        foreach (AssignmentId id in decision.Removals)
        {
            conditions.Add(new(new(Kinds.Assignment, id.Value), state.RevisionOf(Kinds.Assignment, id.Value)));
            writes.Add(new(new(Kinds.Assignment, id.Value), null));
        }
        if (decision.WorkloadGone)
        {
            writes.Add(new(new(Kinds.Workload, text), null));
            writes.Add(new(new(Kinds.Binding, text), null));
            writes.Add(new(new(Kinds.Rollout, text), null));
        }
        else
        {
            writes.AddRange(VolumeHomes(state, workload, key, decision, conditions));
        }
        return new StoreTransaction { Conditions = conditions, Writes = writes };
    }

    // From the first order on, data may exist there: the home is durable in the same step. It is where the plan has put the workload, which other orders
    // of the same step, of places that it leaves, are not.
    private static IEnumerable<StoreWrite> VolumeHomes(
        PlacementState state, Workload workload, WorkloadKey key, DispatchDecision decision, List<StoreCondition> conditions)
    {
        if (state.Binding(key)?.Shares is not [{ } place]) yield break;
        if (!decision.Upserts.Any(order => order.State == AssignmentState.Active && order.Cluster == place.Cluster && order.Node == place.Node)) yield break;
        foreach (VolumeReference reference in (workload.Spec.Template.Volumes ?? []).DistinctBy(static reference => reference.Name))
        {
            if (state.Volume(workload.Metadata.Tenant!.Value, workload.Metadata.Namespace!, reference.Name) is not { } volume) continue;
            if (volume.Spec.Shared || volume.Status?.HomeCluster is not null) continue;
            string text = $"{volume.Metadata.Tenant}/{volume.Metadata.Namespace}/{volume.Metadata.Name}";
            conditions.Add(new(new(Kinds.Volume, text), state.RevisionOf(Kinds.Volume, text)));
            yield return PlacementState.Put(Kinds.Volume, text, volume with
            {
                Status = new VolumeStatus { HomeCluster = place.Cluster, HomeNode = place.Node },
            });
        }
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Revision {Number} of {Workload} failed: {Action}, revision {Revision}")]
    private static partial void LogFailed(ILogger logger, WorkloadKey workload, int number, string action, long revision);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Dispatched {Workload}: {Upserts} orders, {Removals} ended, revision {Revision}")]
    private static partial void LogDispatched(ILogger logger, WorkloadKey workload, int upserts, int removals, long revision);
}
