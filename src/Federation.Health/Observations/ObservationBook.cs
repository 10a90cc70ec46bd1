using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Health.Observations;

/// <summary>
/// What every node has, from full sets and deltas. Nothing is removed on the word of a set that is partial, corrupted, stale or out of sequence; and
/// one that is suddenly empty is believed only when its sender insists.
/// Who reports is told by the caller from the peer's certificate; a report that speaks of another node is refused. Not thread-safe.
/// </summary>
public sealed class ObservationBook
{
    /// <summary>How long a sender must insist on an empty set that was not expected.</summary>
    public static readonly TimeSpan Insistence = TimeSpan.FromSeconds(3);

    private readonly SortedDictionary<NodeKey, NodeState> _nodes = [];
    private readonly Dictionary<ReplicaId, NodeKey> _owners = [];

    /// <summary>The replicas of a node, by id; empty if it has not reported.</summary>
    public IReadOnlyDictionary<ReplicaId, ReplicaObservation> Replicas(NodeKey node) =>
        _nodes.TryGetValue(node, out NodeState? state) ? state.Replicas : new SortedDictionary<ReplicaId, ReplicaObservation>();

    /// <summary>The replicas of all nodes.</summary>
    public IReadOnlyList<ReplicaObservation> AllReplicas() => [.. _nodes.Values.SelectMany(static state => state.Replicas.Values)];

    /// <summary>The node's own observation; null if it has not reported.</summary>
    public NodeObservation? Node(NodeKey node) => _nodes.GetValueOrDefault(node)?.Node;

    /// <summary>A new stream of the node: until its full set has come, deltas are refused. What is known stays.</summary>
    public void StreamBegan(NodeKey node)
    {
        if (!_nodes.TryGetValue(node, out NodeState? state)) return;
        (state.Sequence, state.EmptySince) = (null, null);
        state.Newest.ConnectionEnded();
    }

    /// <summary>Forgets what a node has. How far its agents' reports had come is kept: if its cluster is registered again, what they said before is as old as ever.</summary>
    public IReadOnlyList<ReplicaId> Forget(NodeKey node)
    {
        if (!_nodes.TryGetValue(node, out NodeState? state)) return [];
        ReplicaId[] gone = [.. state.Replicas.Keys];
        foreach (ReplicaId id in gone) _owners.Remove(id);
        (state.Node, state.Sequence, state.EmptySince, state.Replicas) = (null, null, null, []);
        return gone;
    }

    /// <summary>Takes over a full set.</summary>
    /// <param name="reporter">Who sent it.</param>
    /// <param name="set">The set.</param>
    /// <param name="now">The moment, on a monotonic clock.</param>
    public ObservationOutcome Apply(NodeKey reporter, FullSet set, TimeSpan now)
    {
        if (set.Count != set.Replicas.Count) return new ObservationOutcome.FullSetNeeded($"the full set announces {set.Count} replicas and carries {set.Replicas.Count}");
        if (!set.Digest.Span.SequenceEqual(ObservationDigest.Compute(set.Replicas.Select(static replica => replica.Id))))
            return new ObservationOutcome.FullSetNeeded("the full set's digest is not that of the replicas it carries");
        var next = new SortedDictionary<ReplicaId, ReplicaObservation>();
        foreach (ReplicaObservation replica in set.Replicas)
        {
            if (!next.TryAdd(replica.Id, replica)) return new ObservationOutcome.FullSetNeeded($"the full set lists replica {replica.Id} twice");
        }
        if (Violation(reporter, set.Node, set.Replicas) is { } rule) return new ObservationOutcome.FullSetNeeded(rule);

        if (!_nodes.TryGetValue(reporter, out NodeState? state)) _nodes[reporter] = state = new NodeState();
        if (state.Newest.IsStale(set.AgentInstance, set.Sequence) is { } why)
            return new ObservationOutcome.FullSetNeeded($"full set {set.Sequence} of agent process {set.AgentInstance} {why}: it is stale");
        state.Newest.Seen(set.AgentInstance, set.Sequence, set.SpansConnections);
        string? odd = null;
        if (Vanished(state, set) is > 0 and var vanished)
        {
            state.EmptySince ??= now;
            if (now - state.EmptySince.Value < Insistence)
                return new ObservationOutcome.FullSetNeeded($"the full set is empty, and {vanished} replicas ran there that nothing has ended: it is not taken for their absence");
            odd = $"it insists on an empty set though {vanished} replicas ran there that nothing has ended; they get no traffic, and its orders stand";
        }
        state.EmptySince = null;
        ReplicaId[] removals = [.. state.Replicas.Keys.Where(id => !next.ContainsKey(id))];
        ReplicaObservation[] upserts = [.. next.Values.Where(replica => !state.Replicas.TryGetValue(replica.Id, out ReplicaObservation? before) || !Same(before, replica))];
        NodeObservation? changed = state.Node is { } known && Same(known, set.Node) ? null : set.Node;
        foreach (ReplicaId id in removals) _owners.Remove(id);
        foreach (ReplicaId id in next.Keys) _owners[id] = reporter;
        state.Node = set.Node;
        state.Sequence = set.Sequence;
        state.Replicas = next;
        return new ObservationOutcome.Applied(changed, upserts, removals) { Odd = odd };
    }

    /// <summary>A node said which report it sent last on this stream; where another was taken over last, no delta is until a full set has come. Returns why one is needed; null if none is, or the node is not known.</summary>
    /// <param name="reporter">Who says so.</param>
    /// <param name="sequence">Of the report sent last; 0 where the sender does not tell.</param>
    public ObservationOutcome.FullSetNeeded? NoteSent(NodeKey reporter, long sequence)
    {
        if (sequence == 0 || !_nodes.TryGetValue(reporter, out NodeState? state) || state.Node is null || state.Sequence == sequence) return null;
        if (state.Sequence is not { } known) return new ObservationOutcome.FullSetNeeded("nothing was taken over since the stream began, or since a gap") { Follows = true };
        state.Sequence = null;
        return new ObservationOutcome.FullSetNeeded($"report {sequence} was sent, and {known} came last: there is a gap");
    }

    /// <summary>Takes over a delta.</summary>
    public ObservationOutcome Apply(NodeKey reporter, Delta delta)
    {
        if (!_nodes.TryGetValue(reporter, out NodeState? state) || state.Sequence is not { } sequence)
            return new ObservationOutcome.FullSetNeeded("a delta came before the stream's full set") { Follows = true };
        if (delta.Sequence != sequence + 1)
        {
            // Whatever follows is out of sequence as well until the full set has come.
            state.Sequence = null;
            return new ObservationOutcome.FullSetNeeded($"delta {delta.Sequence} came after {sequence}: there is a gap");
        }
        if (Violation(reporter, delta.Node, delta.Upserts) is { } rule)
        {
            state.Sequence = null;
            return new ObservationOutcome.FullSetNeeded(rule);
        }
        ReplicaObservation[] upserts =
        [
            .. delta.Upserts.Where(replica => !state.Replicas.TryGetValue(replica.Id, out ReplicaObservation? before) || !Same(before, replica))
                .OrderBy(static replica => replica.Id),
        ];
        ReplicaId[] removals = [.. delta.Removals.Where(state.Replicas.ContainsKey).Distinct().Order()];
        foreach (ReplicaObservation replica in delta.Upserts)
        {
            state.Replicas[replica.Id] = replica;
            _owners[replica.Id] = reporter;
        }
        foreach (ReplicaId id in removals)
        {
            state.Replicas.Remove(id);
            _owners.Remove(id);
        }
        NodeObservation? changed = delta.Node is { } node && !(state.Node is { } known && Same(known, node)) ? node : null;
        state.Node = delta.Node ?? state.Node;
        state.Sequence = delta.Sequence;
        state.Newest.Seen(delta.Sequence);
        return new ObservationOutcome.Applied(changed, upserts, removals);
    }

    // Replicas that ran and are not in an empty set, though the machine was not booted meanwhile, which alone ends them without a word.
    private static int Vanished(NodeState state, FullSet set) =>
        set.Replicas.Count == 0 && state.Node?.BootId is { } boot && boot == set.Node.BootId ? state.Replicas.Values.Count(static replica => replica.Running) : 0;

    private string? Violation(NodeKey reporter, NodeObservation? node, IReadOnlyList<ReplicaObservation> replicas)
    {
        if (node is not null && (node.Cluster != reporter.Cluster || node.Node != reporter.Node))
            return $"the report speaks of node {node.Cluster}/{node.Node}; its sender is {reporter}";
        foreach (ReplicaObservation replica in replicas)
        {
            if (replica.Cluster != reporter.Cluster || (replica.Node is { } at && at != reporter.Node))
                return $"replica {replica.Id} is said to run on {replica.Cluster}/{replica.Node}; the report's sender is {reporter}";
            if (_owners.TryGetValue(replica.Id, out NodeKey owner) && owner != reporter)
                return $"replica {replica.Id} belongs to node {owner}";
        }
        return null;
    }

    // Records compare their lists by reference: what was read from JSON is compared by content.
    private static bool Same(NodeObservation a, NodeObservation b) =>
        a with { Capabilities = b.Capabilities, Machines = b.Machines } == b && a.Capabilities.SequenceEqual(b.Capabilities, StringComparer.Ordinal) && a.Machines.SequenceEqual(b.Machines);

    private static bool Same(ReplicaObservation a, ReplicaObservation b) => a with { Ports = b.Ports } == b && a.Ports.SequenceEqual(b.Ports);

    private sealed class NodeState
    {
        public NodeObservation? Node { get; set; }

        public long? Sequence { get; set; }

        public NewestSequences Newest { get; } = new();

        public TimeSpan? EmptySince { get; set; }

        public SortedDictionary<ReplicaId, ReplicaObservation> Replicas { get; set; } = [];
    }
}
