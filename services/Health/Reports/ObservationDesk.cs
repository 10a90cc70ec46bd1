using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Liveness;
using Federation.Health.Observations;
using Federation.Health.Service.Documents;
using Federation.Health.Verdicts;
using Federation.Health.Witnesses;
using Federation.Storage;

namespace Federation.Health.Service.Reports;

/// <summary>
/// Where all reports come together: takes them into the books and writes what changed. What one report says of a node and its replicas is written
/// in one transaction, and transactions in the order in which the books changed. Thread-safe.
/// </summary>
/// <param name="store">Health's volatile store.</param>
/// <param name="clock">Since Health started.</param>
/// <param name="limits">The durations that verdicts rest on.</param>
public sealed class ObservationDesk(IStore store, HealthClock clock, VerdictLimits limits)
{
    private readonly object _gate = new();
    private readonly ObservationBook _observations = new();

    // Verdicts' revisions rise from one start of Health to the next, so that a step that names an old one is seen to be old.
    private readonly VerdictBook _verdicts = new(limits, clock.Time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Called when something was seen that may change a verdict.</summary>
    public event Action? VerdictsDue;

    /// <summary>Called when a report was refused, or taken over though it is odd: who sent it, the event's reason, and what was wrong with it.</summary>
    public event Action<NodeKey, string, string>? Odd;

    /// <summary>How long a granted lease lasts.</summary>
    public TimeSpan Lease => limits.Lease;

    /// <summary>How often <see cref="Ticked"/> is to be called.</summary>
    public TimeSpan Tick => limits.Tick;

    /// <summary>All replicas that are reported.</summary>
    public IReadOnlyList<ReplicaObservation> Replicas()
    {
        lock (_gate) return _observations.AllReplicas();
    }

    /// <summary>Health runs.</summary>
    public void Ticked()
    {
        lock (_gate) _verdicts.Ticked(clock.Now);
    }

    /// <summary>A stream of the node began: its deltas count only from its full set on.</summary>
    public void StreamBegan(NodeKey node)
    {
        lock (_gate) _observations.StreamBegan(node);
    }

    /// <summary>Takes a full set over; null if that is done, else why a new one is needed.</summary>
    public async Task<string?> TakeAsync(NodeKey node, FullSet set)
    {
        string? refusal = await TakeAsync(() => _observations.Apply(node, set, clock.Now), node);
        if (refusal is not null) return refusal;
        // Only now: a verdict of Ready must not be seen before what the node reported.
        lock (_gate) _verdicts.Reported(node, Now());
        VerdictsDue?.Invoke();
        return null;
    }

    /// <summary>Takes a delta over; null if that is done, else why a full set is needed.</summary>
    public async Task<string?> TakeAsync(NodeKey node, Delta delta)
    {
        Heard(node);
        return await TakeAsync(() => _observations.Apply(node, delta), node);
    }

    /// <summary>A node said which report it sent last. Returns why a full set is needed; null if that report came.</summary>
    /// <param name="node">The node.</param>
    /// <param name="sequence">Of the report sent last; 0 where the node does not tell.</param>
    public string? NoteSent(NodeKey node, long sequence)
    {
        lock (_gate)
        {
            if (_observations.NoteSent(node, sequence) is not { } lost) return null;
            Refused(node, lost);
            return lost.Reason;
        }
    }

    /// <summary>A renewal came and is about to be granted: call it before the grant is sent. Returns how soon the next one is wanted.</summary>
    public TimeSpan Granted(NodeKey node)
    {
        bool due;
        TimeSpan next;
        lock (_gate)
        {
            next = _verdicts.Granted(node, Now());
            due = !_verdicts.Verdicts.TryGetValue(node.ToString(), out Verdict? verdict) || !verdict.State.IsInContact() || verdict.LeaseEnded;
        }
        if (due) VerdictsDue?.Invoke();
        return next;
    }

    /// <summary>A gateway said which tunnels are open there.</summary>
    public void GatewaySaid(string gateway, IReadOnlyDictionary<NodeKey, GatewayWay> ways)
    {
        bool due;
        lock (_gate)
        {
            _verdicts.GatewaySaid(gateway, ways, Now());
            due = _verdicts.Verdicts.Values.Any(verdict => verdict.Node is { } node && (!verdict.State.IsInContact() || !ways.ContainsKey(new NodeKey(verdict.Cluster, node))));
        }
        if (due) VerdictsDue?.Invoke();
    }

    /// <summary>An agent that drives a cluster from outside said how its management API answers.</summary>
    public void ManagementSaid(NodeKey teller, bool answers, string detail)
    {
        lock (_gate)
        {
            _verdicts.Heard(teller, Now());
            _verdicts.ManagementSaid(teller.Cluster, !answers, detail, clock.Now);
        }
        VerdictsDue?.Invoke();
    }

    /// <summary>The node's stream ended and no newer one has taken its place.</summary>
    public void StreamEnded(NodeKey node, string reason)
    {
        lock (_gate) _verdicts.StreamEnded(node, Now(), reason);
        VerdictsDue?.Invoke();
    }

    /// <summary>Judges everything anew and writes what changed; returns the changes and when to judge again.</summary>
    /// <param name="assigned">Nodes that Placement has orders for: they are known though they may not have reported.</param>
    /// <param name="registered">The registered clusters and what is declared of them; null while they are not known.</param>
    public async Task<VerdictReview> ReviewAsync(IEnumerable<NodeKey> assigned, IReadOnlyDictionary<ClusterId, ClusterSpec>? registered)
    {
        VerdictReview review;
        Task commit;
        lock (_gate)
        {
            foreach (NodeKey node in assigned) _verdicts.Know(node);
            if (registered is not null)
            {
                _verdicts.KeepClusters(registered.Keys.ToHashSet());
                _verdicts.Declare(registered);
            }
            review = _verdicts.Review(Now(), clock.Time.GetUtcNow());
            var writes = new List<StoreWrite>();
            foreach (VerdictChange change in review.Changes)
            {
                writes.Add(change.After is { } after ? HealthKinds.Put(HealthKinds.Verdict, change.Key, after) : HealthKinds.Delete(HealthKinds.Verdict, change.Key));
                if (change is { After: null, Node: { } gone }) writes.AddRange(Forget(new NodeKey(change.Cluster, gone)));
            }
            commit = writes.Count == 0 ? Task.CompletedTask : store.CommitAsync(new StoreTransaction { Writes = writes }, CancellationToken.None);
        }
        await commit;
        return review;
    }

    private void Heard(NodeKey node)
    {
        bool due;
        lock (_gate)
        {
            _verdicts.Heard(node, Now());
            due = _verdicts.Verdicts.TryGetValue(node.ToString(), out Verdict? verdict) && !verdict.State.IsInContact();
        }
        if (due) VerdictsDue?.Invoke();
    }

    private async Task<string?> TakeAsync(Func<ObservationOutcome> apply, NodeKey node)
    {
        Task commit;
        lock (_gate)
        {
            ObservationOutcome outcome = apply();
            if (outcome is ObservationOutcome.FullSetNeeded refused)
            {
                Refused(node, refused);
                return refused.Reason;
            }
            var applied = (ObservationOutcome.Applied)outcome;
            if (applied.Odd is { } odd) Odd?.Invoke(node, "ReportBelieved", odd);
            var writes = new List<StoreWrite>();
            if (applied.Node is { } observation) writes.Add(HealthKinds.Put(HealthKinds.NodeObservation, node.ToString(), observation));
            foreach (ReplicaObservation replica in applied.Upserts) writes.Add(HealthKinds.Put(HealthKinds.ReplicaObservation, replica.Id.Value, replica));
            foreach (ReplicaId removed in applied.Removals) writes.Add(HealthKinds.Delete(HealthKinds.ReplicaObservation, removed.Value));
            commit = writes.Count == 0 ? Task.CompletedTask : store.CommitAsync(new StoreTransaction { Writes = writes }, CancellationToken.None);
        }
        await commit;
        return null;
    }

    private void Refused(NodeKey node, ObservationOutcome.FullSetNeeded refused)
    {
        if (!refused.Follows) Odd?.Invoke(node, "ReportRefused", refused.Reason);
    }

    // Whatever is noted, that Health runs is noted first: else its own pause would be taken for the silence of everybody.
    private TimeSpan Now()
    {
        TimeSpan now = clock.Now;
        _verdicts.Ticked(now);
        return now;
    }

    private IEnumerable<StoreWrite> Forget(NodeKey node)
    {
        yield return HealthKinds.Delete(HealthKinds.NodeObservation, node.ToString());
        foreach (ReplicaId id in _observations.Forget(node)) yield return HealthKinds.Delete(HealthKinds.ReplicaObservation, id.Value);
    }
}
