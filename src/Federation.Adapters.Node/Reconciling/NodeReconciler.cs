using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Reconciliation;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Node.Reconciling;

/// <summary>
/// A native node's state machine: what is ordered here, kept over the agent's death, and the replicas that carry it out.
/// <see cref="StartAsync"/> first; then <see cref="RunAsync"/>, beside which orders may be applied and observations followed from anywhere.
/// <para>
/// Order matters in one step: a replica is in the books before its record is kept, its record is kept before its process starts, its process
/// has ended before what it left is removed, and only then is the record dropped. So at every instant the books name at least what runs.
/// </para>
/// </summary>
public sealed partial class NodeReconciler : IClusterActuator, IClusterObserver
{
    private readonly object _gate = new();
    private readonly NodeReconcilerOptions _options;
    private readonly INodeJournal _journal;
    private readonly IReplicaHost _host;
    private readonly LeaseKeeper _lease;
    private readonly TimeProvider _time;
    private readonly IChance _chance;
    private readonly ILogger<NodeReconciler> _logger;
    private readonly Pulse _pulse;
    private readonly SortedDictionary<AssignmentId, DesiredAssignment> _desired = [];
    private readonly ReplicaBook _replicas = new();
    private readonly Queue<(ReplicaId Id, int Attempt, ProbeOutcome Outcome)> _probed = new();
    private readonly SnapshotFeed<ClusterObservationSet> _observed;
    private long _term;
    private long _revision;
    private bool _started;
    private bool _planNeeded = true;
    private bool _nodeChanged = true;
    private HostFacts? _published;
    private HostFacts? _planned;
    private SortedDictionary<AssignmentId, string> _withheld = [];

    /// <summary>Makes the reconciler; nothing is read or started yet.</summary>
    public NodeReconciler(
        NodeReconcilerOptions options, INodeJournal journal, IReplicaHost host, LeaseKeeper lease, TimeProvider time, IChance chance, ILogger<NodeReconciler> logger)
    {
        _options = options;
        _journal = journal;
        _host = host;
        _lease = lease;
        _time = time;
        _chance = chance;
        _logger = logger;
        _pulse = new Pulse(time);
        _observed = new(new ClusterObservationSet(0, [], []));
        _host.TellOfEnds(_pulse.Set);
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

    /// <summary>
    /// Called (again every second until it is answered) when a full set of orders is wanted that was asked for from now on: a singleton waits
    /// whose orders are older than the lease it would run under. Answered by <see cref="OrdersConfirmed"/>.
    /// </summary>
    public Action? FreshOrdersWanted { get; set; }

    /// <summary>Reads the journal, adopts what runs. Returns before anything is started or stopped.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        NodeState kept = await _journal.LoadAsync(cancellationToken);
        IReadOnlyList<HostedReplica> hosted = await _host.AdoptAsync(cancellationToken);
        lock (_gate)
        {
            _term = kept.Term;
            _revision = kept.Revision;
            foreach (DesiredAssignment desired in kept.Desired) _desired[desired.Assignment.Id] = desired;
            var found = hosted.ToDictionary(static replica => replica.Record.Id);
            foreach (ReplicaRecord record in kept.Replicas)
                _replicas.Add(Adopt(record, found.GetValueOrDefault(record.Id), saved: true));
            // Without a journal the host's own marks serve: nothing of ours is started twice, and nothing is stopped without orders.
            foreach (HostedReplica replica in hosted)
                if (!_replicas.Contains(replica.Record.Id)) _replicas.Add(Adopt(replica.Record, replica, saved: false));
            _started = true;
            LogAdopted(_logger, _replicas.InOrder.Count(static replica => replica.Phase == ReplicaPhase.Running), kept.Desired.Count, _revision, _term);
            Publish();
        }
    }

    /// <summary>Carries out what is desired until cancelled; what runs then runs on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!_started) throw new InvalidOperationException("the reconciler was not started");
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                bool more = await StepAsync(cancellationToken);
                if (!more) await _pulse.WaitAsync(_replicas.Count == 0 ? _options.Tick * 10 : _options.Tick, cancellationToken);
            }
        }
        finally
        {
            foreach (Task probe in _probes) await probe;
        }
    }

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<DesiredAssignment> desired, long term, long revision, CancellationToken cancellationToken)
    {
        if (!_started) throw new InvalidOperationException("the reconciler was not started");
        DesiredChange change;
        lock (_gate)
        {
            if (term < _term) throw new StaleTermException(term, _term);
            var next = new HashSet<AssignmentId>();
            var upserts = new List<DesiredAssignment>();
            foreach (DesiredAssignment assignment in desired)
            {
                if (!next.Add(assignment.Assignment.Id)) throw new ArgumentException($"assignment {assignment.Assignment.Id} is listed twice", nameof(desired));
                if (!_desired.TryGetValue(assignment.Assignment.Id, out DesiredAssignment? before) || !before.SaysTheSameAs(assignment)) upserts.Add(assignment);
            }
            change = new(term, revision, upserts, [.. _desired.Keys.Where(id => !next.Contains(id))]);
        }
        bool idle = change.Upserts.Count == 0 && change.Removals.Count == 0 && term == _term && revision == _revision;
        if (!idle) await _journal.SaveDesiredAsync(change, cancellationToken);
        lock (_gate)
        {
            if (term < _term) throw new StaleTermException(term, _term);
            _term = term;
            _revision = revision;
            foreach (DesiredAssignment assignment in desired) _desired[assignment.Assignment.Id] = assignment;
            foreach (AssignmentId id in change.Removals) _desired.Remove(id);
            _planNeeded = true;
            _nodeChanged = true;
        }
        LogApplied(_logger, revision, term, change.Upserts.Count, change.Removals.Count);
        _pulse.Set();
    }

    /// <summary>Says that the set just applied was a full one, asked for no earlier than the given timestamp of the clock.</summary>
    public void OrdersConfirmed(long askedAt)
    {
        lock (_gate) _ordersAskedAt = askedAt;
        _pulse.Set();
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ClusterObservationSet> WatchAsync(CancellationToken cancellationToken) => _started
        ? _observed.FollowAsync(cancellationToken)
        : throw new InvalidOperationException("the reconciler was not started");

    /// <summary>What is seen now.</summary>
    public ClusterObservationSet Current => _observed.Current;

    /// <summary>A replica that runs now, for those who reach it: its record, or null.</summary>
    public ReplicaRecord? FindRunning(ReplicaId id)
    {
        lock (_gate) return _replicas.Find(id) is { Phase: ReplicaPhase.Running } replica ? replica.Record : null;
    }

    /// <summary>Fires when a running replica's process is found stopped by a signal; never for one that does not run.</summary>
    public CancellationToken StandstillOf(ReplicaId id)
    {
        lock (_gate) return _replicas.Find(id) is { Phase: ReplicaPhase.Running } replica ? replica.Standstill : CancellationToken.None;
    }

    private Replica Adopt(ReplicaRecord record, HostedReplica? hosted, bool saved)
    {
        long now = _time.GetTimestamp();
        var replica = new Replica(record, ReplicaPhase.Running) { Saved = saved, ProbeAt = now };
        TimeSpan age = record.StartedAt is { } startedAt ? _time.GetUtcNow() - startedAt : TimeSpan.Zero;
        replica.StartedAt = now - (age > TimeSpan.Zero ? Ticks(age) : 0);
        if (record.Finished)
        {
            replica.Enter(ReplicaPhase.Finished);
        }
        else if (record.Attempt == 0 && hosted is null)
        {
            replica.Enter(ReplicaPhase.Due);
        }
        else if (hosted is null || hosted.Record.Attempt != record.Attempt || hosted.End is not null)
        {
            End(replica, hosted?.End is { } end && end.Attempt == record.Attempt
                ? end
                : new ReplicaEnd(record.Id, record.Attempt, null, record.LastEnd ?? "it ended while the agent was away"));
        }
        return replica;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private long In(TimeSpan span) => _time.GetTimestamp() + Ticks(span);
}
