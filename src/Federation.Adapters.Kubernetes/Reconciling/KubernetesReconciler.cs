using System.Net;
using System.Runtime.CompilerServices;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.Adapters.Kubernetes.Journal;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Reconciliation;
using Federation.Security.Files;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <summary>
/// Drives one Kubernetes cluster: what is ordered, kept over the agent's death, and Deployments that carry it out, one for each revision of a workload; StatefulSets
/// for those with names or volumes, Jobs for those that run to an end, and CronJobs for those that begin by the clock.
/// <see cref="StartAsync"/> first; then <see cref="RunAsync"/>, beside which orders may be applied and observations followed from anywhere.
/// <para>
/// The cluster is followed by watches; each change leads to a turn, which compares what is seen with the orders and takes one step. Changes of what is there name the version
/// that was seen, so that one that was overtaken is refused and thought over again, and nothing more is done to a Deployment until its last change is seen. The highest
/// term is kept in the cluster itself: whoever finds a higher one there writes nothing. While the cluster is not seen, nothing is concluded and nothing written.
/// </para>
/// </summary>
public sealed partial class KubernetesReconciler : IClusterActuator, IClusterObserver, IManagementWitness
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    private readonly object _gate = new();
    private readonly KubernetesOptions _options;
    private readonly IKubernetesJournal _journal;
    private readonly PinnedIdentity _identity;
    private readonly KubernetesClient _client;
    private readonly IMaterialOpener _opener;
    private readonly TimeProvider _time;
    private readonly IChance _chance;
    private readonly ILogger<KubernetesReconciler> _logger;
    private readonly Pulse _pulse;
    private readonly RefusalPauses _pauses;
    private readonly IReadOnlyList<string> _offered;
    private readonly SnapshotFeed<ClusterObservationSet> _observed = new(new ClusterObservationSet(0, [], []));
    private readonly SortedDictionary<AssignmentId, DesiredAssignment> _desired = [];
    private long _term;
    private long _revision;
    private long? _ledgerTerm;
    private bool _started;
    private string? _silence;

    /// <summary>Makes the reconciler; nothing is read or sent yet. The client stays the caller's.</summary>
    public KubernetesReconciler(
        KubernetesOptions options, IKubernetesJournal journal, PinnedIdentity identity, KubernetesClient client, IMaterialOpener opener, TimeProvider time, IChance chance, ILogger<KubernetesReconciler> logger)
    {
        _options = options;
        _journal = journal;
        _identity = identity;
        _client = client;
        _opener = opener;
        _time = time;
        _chance = chance;
        _logger = logger;
        _pulse = new Pulse(time);
        _pauses = new RefusalPauses(time);
        _offered = Offer(options.MachineRights, options.KeepsPolicies);
        _offeredNow = _offered;
    }

    /// <summary>The highest term obeyed here.</summary>
    public long KnownTerm
    {
        get
        {
            lock (_gate) return _term;
        }
    }

    /// <summary>The orders' revision that was taken over last.</summary>
    public long KnownRevision
    {
        get
        {
            lock (_gate) return _revision;
        }
    }

    /// <summary>What is desired here now, in order of id: what deltas go on from.</summary>
    public IReadOnlyList<DesiredAssignment> Desired
    {
        get
        {
            lock (_gate) return [.. _desired.Values];
        }
    }

    /// <inheritdoc/>
    public string? Silence => Volatile.Read(ref _silence);

    /// <summary>What was seen last.</summary>
    public ClusterObservationSet Current => _observed.Current;

    /// <summary>Where a replica's port is reached; null if it does not run, or has no such port.</summary>
    /// <param name="id">The replica.</param>
    /// <param name="port">The port's name; empty for the first.</param>
    public IPEndPoint? FindRunning(ReplicaId id, string port)
    {
        lock (_gate)
        {
            return _replicas.TryGetValue(id, out KubernetesReplica? replica) && replica.State.State != Domain.Observation.ReplicaState.Ended && IPAddress.TryParse(replica.Pod.Status.PodIP, out IPAddress? address)
                && replica.Form.Reached.FirstOrDefault(one => port.Length == 0 || one.Name == port) is { } found
                ? new IPEndPoint(address, found.Number)
                : null;
        }
    }

    /// <summary>Reads the journal. Returns before anything is asked of the cluster.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        KubernetesOrders kept = await _journal.LoadAsync(cancellationToken);
        lock (_gate)
        {
            _term = kept.Term;
            _revision = kept.Revision;
            foreach (DesiredAssignment desired in kept.Desired) _desired[desired.Assignment.Id] = desired;
            _started = true;
        }
        LogStarted(_logger, kept.Desired.Count, kept.Revision, kept.Term);
    }

    /// <summary>Carries out what is desired until cancelled; what runs then runs on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!_started) throw new InvalidOperationException("the reconciler was not started");
        using var nodes = Follow(ResourceTypes.Nodes, null);
        using var pods = Follow(ResourceTypes.Pods, null);
        using var deployments = Follow(ResourceTypes.Deployments, KubernetesLabels.Owner);
        using var sets = Follow(ResourceTypes.StatefulSets, KubernetesLabels.Owner);
        using var jobs = Follow(ResourceTypes.Jobs, KubernetesLabels.Owner);
        using var crons = Follow(ResourceTypes.CronJobs, KubernetesLabels.Owner);
        using var ports = Follow(ResourceTypes.Services, KubernetesLabels.Pod);
        using var events = Follow(ResourceTypes.Events, null);
        Task[] following =
        [
            WatchAsync(Nodes, nodes, TakeNode, cancellationToken), WatchAsync(Pods, pods, TakePod, cancellationToken), WatchAsync(Deployments, deployments, step => Take(_deployments, step), cancellationToken),
            WatchAsync(Sets, sets, step => Take("StatefulSet", _sets, step), cancellationToken), WatchAsync(JobsFeed, jobs, TakeJob, cancellationToken), WatchAsync(CronsFeed, crons, step => Take("CronJob", _crons, step), cancellationToken),
            WatchAsync(Events, events, TakeEvent, cancellationToken), WatchBudgetsAsync(cancellationToken), _options.NodePorts ? WatchAsync(NodePortsFeed, ports, step => Take(_nodePorts, step), cancellationToken) : Task.CompletedTask,
        ];
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                long began = _time.GetTimestamp();
                bool underWay = await TurnAsync(cancellationToken);
                // A feed that fails as nobody foresaw ends all of it: what is no longer followed must not look still.
                foreach (Task feed in following)
                    if (feed.IsFaulted) await feed;
                // A large cluster tells something all the time, and is not gone through without pause; what was long for what it wrote has nothing to recover from.
                TimeSpan least = _time.GetElapsedTime(began) * 2;
                if (least > Breath) await Task.Delay(least < _options.Tick ? least : _options.Tick, _time, cancellationToken);
                await _pulse.WaitAsync(underWay ? _options.Tick : _options.IdleTick, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
        finally
        {
            await Task.WhenAll(following);
        }
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<DesiredAssignment> desired, long term, long revision, CancellationToken cancellationToken)
    {
        if (!_started) throw new InvalidOperationException("the reconciler was not started");
        // Orders are not taken over before the cluster has told the highest term that was ever obeyed in it.
        if (_ledgerTerm is null && _options.Plane() is { } plane)
        {
            long kept = TermOf(await _client.FindAsync(ApiResource.ConfigMaps, _options.SystemNamespace, NamesOf(plane).Ledger(), cancellationToken));
            lock (_gate) _ledgerTerm = kept;
        }
        var next = new SortedDictionary<AssignmentId, DesiredAssignment>();
        foreach (DesiredAssignment assignment in desired)
            if (!next.TryAdd(assignment.Assignment.Id, assignment)) throw new ArgumentException($"assignment {assignment.Assignment.Id} is listed twice", nameof(desired));
        bool idle;
        lock (_gate)
        {
            RefuseStale(term);
            idle = term == _term && revision == _revision && next.Count == _desired.Count
                && next.All(pair => _desired.TryGetValue(pair.Key, out DesiredAssignment? before) && before.SaysTheSameAs(pair.Value));
        }
        if (!idle) await _journal.SaveAsync(new KubernetesOrders(term, revision, [.. next.Values]), cancellationToken);
        lock (_gate)
        {
            RefuseStale(term);
            _term = term;
            _revision = revision;
            _desired.Clear();
            foreach ((AssignmentId id, DesiredAssignment assignment) in next) _desired[id] = assignment;
        }
        LogApplied(_logger, revision, term, next.Count);
        _pulse.Set();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ClusterObservationSet> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Until the cluster was seen, what runs there is unknown, not absent.
        await foreach (ClusterObservationSet set in _observed.FollowAsync(cancellationToken))
            if (set.Version > 0) yield return set;
    }

    private void RefuseStale(long term)
    {
        long obeyed = Math.Max(_term, _ledgerTerm ?? 0);
        if (term < obeyed) throw new StaleTermException(term, obeyed);
    }

    private ResourceFeed<T> Follow<T>(ResourceType<T> type, string? selector) where T : class, IApiObject => new(_client, type, null, selector, new FeedOptions(), _time, _chance);

    private async Task WatchAsync<T>(string what, ResourceFeed<T> feed, Action<FeedStep<T>> take, CancellationToken cancellationToken) where T : class, IApiObject
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var told = new Signal(_pulse);
            try
            {
                FeedStep<T> step = await feed.NextAsync(cancellationToken);
                lock (_gate)
                {
                    take(step);
                    if (step is FeedStep<T>.Troubled { Why: var why }) _troubles[what] = why.Message;
                    else _troubles.Remove(what);
                    if (step is FeedStep<T>.Relisted)
                    {
                        _seen.Add(what);
                        _listed++;
                    }
                    if (Newer.Any(newer => newer.Feed == what)) Deny(what, step is FeedStep<T>.Troubled { Why.Kind: FailureKind.Denied or FailureKind.ApiMissing });
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (KubeconfigException e)
            {
                // No credentials are to be had now: a plugin that fails, a file that is gone.
                lock (_gate) _troubles[what] = e.Message;
                try
                {
                    await Task.Delay(_options.IdleTick, _time, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    // However a step ends, the turns hear of it.
    private readonly struct Signal(Pulse pulse) : IDisposable
    {
        public void Dispose() => pulse.Set();
    }

    private KubernetesNames NamesOf(string plane) => new(plane, _options.Cluster);
}
