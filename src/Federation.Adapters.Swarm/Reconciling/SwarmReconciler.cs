using Federation.Adapters.Swarm.Journal;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Identifiers;
using Federation.Engine;
using Federation.Engine.Events;
using Federation.Reconciliation;
using Federation.Security.Files;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Swarm.Reconciling;

/// <summary>
/// Drives one swarm through its managers: what is ordered, kept over the agent's death, and services that carry it out, one for each revision of a
/// workload. <see cref="StartAsync"/> first; then <see cref="RunAsync"/>, beside which orders may be applied and observations followed from anywhere.
/// <para>
/// Each turn lists the swarm, compares it with the orders and takes one step. Writes name the version just read, so that one that was overtaken is
/// refused and thought over in the next turn. The highest term is kept in the swarm itself: whoever finds a higher one there writes nothing.
/// </para>
/// </summary>
public sealed partial class SwarmReconciler : IClusterActuator, IClusterObserver, IManagementWitness, IDisposable
{
    private static readonly TimeSpan EventsAgain = TimeSpan.FromSeconds(1);
    private static readonly (string, string)[] TellingEvents =
    [
        ("type", "service"), ("type", "node"), ("type", "container"),
        ("event", "create"), ("event", "update"), ("event", "remove"), ("event", "start"), ("event", "die"),
    ];

    private readonly object _gate = new();
    private readonly SwarmOptions _options;
    private readonly ISwarmJournal _journal;
    private readonly PinnedIdentity _identity;
    private readonly SwarmManagers _managers;
    private readonly TimeProvider _time;
    private readonly ILogger<SwarmReconciler> _logger;
    private readonly Pulse _pulse;
    private readonly TaskProbe _probe;
    private readonly IMaterialOpener _opener;
    private readonly MaterialCatalog _material;
    private readonly DriftBook _drift;
    private readonly SnapshotFeed<ClusterObservationSet> _observed = new(new ClusterObservationSet(0, [], []));
    private readonly SortedDictionary<AssignmentId, DesiredAssignment> _desired = [];
    private long _term;
    private long _revision;
    private long? _ledgerTerm;
    private bool _started;
    private string? _silence;

    /// <summary>Makes the reconciler; nothing is read or sent yet.</summary>
    public SwarmReconciler(SwarmOptions options, ISwarmJournal journal, PinnedIdentity identity, SwarmManagers managers, IMaterialOpener opener, TimeProvider time, ILogger<SwarmReconciler> logger)
    {
        _options = options;
        _journal = journal;
        _identity = identity;
        _managers = managers;
        _time = time;
        _logger = logger;
        _pulse = new Pulse(time);
        _probe = new TaskProbe(time);
        _opener = opener;
        _material = new MaterialCatalog(opener);
        _drift = new DriftBook(time);
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

    /// <summary>Reads the journal. Returns before anything is asked of the swarm.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        SwarmOrders kept = await _journal.LoadAsync(cancellationToken);
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
        Task following = FollowEventsAsync(cancellationToken);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                long began = _time.GetTimestamp();
                bool underWay = await TurnAsync(cancellationToken);
                // A large swarm is not listed without pause.
                TimeSpan least = _time.GetElapsedTime(began) * 2;
                TimeSpan tick = underWay ? _options.Tick : _options.IdleTick;
                await _pulse.WaitAsync(tick > least ? tick : least, cancellationToken);
            }
        }
        finally
        {
            await following;
            foreach (Task probe in _probes) await probe;
        }
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<DesiredAssignment> desired, long term, long revision, CancellationToken cancellationToken)
    {
        if (!_started) throw new InvalidOperationException("the reconciler was not started");
        // Orders are not taken over before the swarm has told the highest term that was ever obeyed in it.
        if (_ledgerTerm is null && _options.Plane() is { } plane) await ReadLedgerAsync(plane, cancellationToken);
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
        if (!idle) await _journal.SaveAsync(new SwarmOrders(term, revision, [.. next.Values]), cancellationToken);
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
    public async IAsyncEnumerable<ClusterObservationSet> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Until the swarm was seen, what runs there is unknown, not absent.
        await foreach (ClusterObservationSet set in _observed.FollowAsync(cancellationToken))
            if (set.Version > 0) yield return set;
    }

    /// <inheritdoc/>
    public void Dispose() => _probe.Dispose();

    private void RefuseStale(long term)
    {
        long obeyed = Math.Max(_term, _ledgerTerm ?? 0);
        if (term < obeyed) throw new StaleTermException(term, obeyed);
    }

    // Events only say when to look: what is missed by a broken stream is seen by the next turn all the same.
    private async Task FollowEventsAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            EngineClient manager = _managers.Current;
            try
            {
                using EventStream events = await manager.OpenEventsAsync(null, TellingEvents, cancellationToken);
                await foreach (EngineEvent _ in events.ReadAsync(cancellationToken)) _pulse.Set();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (EngineException)
            {
                // The turns find it out as well, and tell.
            }
            try
            {
                await Task.Delay(EventsAgain, _time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private SwarmNames NamesOf(string plane) => new(plane, _options.Cluster);
}
