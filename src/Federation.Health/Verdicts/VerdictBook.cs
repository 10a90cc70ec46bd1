using System.Collections.Immutable;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Liveness;
using Federation.Health.Suspicion;
using Federation.Health.Witnesses;

namespace Federation.Health.Verdicts;

/// <summary>
/// The liveness of all known nodes, what other witnesses say, and the verdicts that were given last. Not thread-safe: one owner calls it, in the order of what is seen.
/// </summary>
/// <param name="limits">The durations.</param>
/// <param name="revisionBase">Verdicts' revisions begin above it; a base that rises from one start of Health to the next keeps them rising over restarts.</param>
public sealed class VerdictBook(VerdictLimits limits, long revisionBase)
{
    private readonly SortedDictionary<NodeKey, NodeLiveness> _nodes = [];
    private readonly SortedDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);
    private readonly Dictionary<(ClusterId Cluster, NodeId? Node, WitnessKind Kind), bool> _told = [];
    private readonly WitnessBook _witnesses = new(limits);
    private OwnWatch _watch = OwnWatch.Begun;
    private ImmutableSortedSet<ClusterId> _frozen = [];
    private TimeSpan? _stoodStill;
    private long _revision = revisionBase;

    /// <summary>The nodes' liveness.</summary>
    public IReadOnlyDictionary<NodeKey, NodeLiveness> Nodes => _nodes;

    /// <summary>The verdicts as of the last review, by key (<c>cluster</c> or <c>cluster/node</c>).</summary>
    public IReadOnlyDictionary<string, Verdict> Verdicts => _verdicts;

    /// <summary>Names a node that is known from elsewhere, such as the orders given to it; nothing is changed if it is known.</summary>
    public void Know(NodeKey node) => _nodes.TryAdd(node, new NodeLiveness { Node = node });

    /// <summary>Forgets the nodes of clusters that are registered no more, unless they are in contact.</summary>
    public void KeepClusters(IReadOnlySet<ClusterId> registered)
    {
        foreach (NodeKey node in _nodes.Keys.Where(node => !registered.Contains(node.Cluster) && !_nodes[node].Connected).ToArray())
            _nodes.Remove(node);
    }

    /// <summary>Takes over what is declared of the registered clusters.</summary>
    public void Declare(IReadOnlyDictionary<ClusterId, ClusterSpec> clusters) => _witnesses.Declare(clusters);

    /// <summary>Health runs: call it every <see cref="VerdictLimits.Tick"/>, and before anything else is noted, so that a pause of its own is known before it is judged by.</summary>
    public void Ticked(TimeSpan now)
    {
        int before = _watch.Pauses.Length;
        OwnWatch.Pause? newest = before == 0 ? null : _watch.Pauses[^1];
        _watch = _watch.Ticked(now, limits);
        if (_watch.Pauses.Length > 0 && _watch.Pauses[^1] is var last && last != newest && last.To - last.From >= limits.PeersPatience) _stoodStill = last.To - last.From;
    }

    /// <summary>A node gave its full set.</summary>
    public void Reported(NodeKey node, TimeSpan now) => Update(node, liveness => liveness.Reported(now, _watch, limits));

    /// <summary>A message came on a node's stream.</summary>
    public void Heard(NodeKey node, TimeSpan now) => Update(node, liveness => liveness.Heard(now, _watch, limits));

    /// <summary>A node's renewal came and is about to be granted. Returns how soon it is to renew again.</summary>
    public TimeSpan Granted(NodeKey node, TimeSpan now)
    {
        Update(node, liveness => liveness.Granted(now, _nodes.Count, _watch, limits));
        return _nodes[node].Period;
    }

    /// <summary>A gateway said which tunnels are open there.</summary>
    public void GatewaySaid(string gateway, IReadOnlyDictionary<NodeKey, GatewayWay> ways, TimeSpan now) => _witnesses.GatewaySaid(gateway, ways, _nodes.Keys, now);

    /// <summary>An agent that drives a cluster from outside said how its management API answers.</summary>
    public void ManagementSaid(ClusterId cluster, bool lost, string detail, TimeSpan now) => _witnesses.ManagementSaid(cluster, lost, detail, now);

    /// <summary>A node's stream ended, and no newer one has taken its place.</summary>
    public void StreamEnded(NodeKey node, TimeSpan now, string reason) => Update(node, liveness => liveness.StreamEnded(now, reason, _watch, limits));

    /// <summary>Judges everything anew.</summary>
    /// <param name="now">Since Health's start, monotonic.</param>
    /// <param name="wallClock">For display alone.</param>
    public VerdictReview Review(TimeSpan now, DateTimeOffset wallClock)
    {
        SortedDictionary<ClusterId, TimeSpan?> losses = ClusterLosses(now);
        Freeze freeze = FreezeRule.Judge(losses, now, limits);
        IReadOnlyList<GatewayView> gateways = _witnesses.Trusted(losses.Keys, now);
        var changes = new List<VerdictChange>();
        var told = new List<WitnessChange>();
        TimeSpan? next = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (IGrouping<ClusterId, NodeLiveness> cluster in _nodes.Values.GroupBy(static node => node.Node.Cluster).OrderBy(static group => group.Key))
        {
            var judgements = new List<Judgement>();
            var ofNodes = new List<VerdictChange>();
            List<(NodeLiveness Node, IReadOnlyList<Testimony> Seen)> seenOf = [.. cluster.Select(node => (node, _witnesses.Of(node, _watch, gateways, now)))];
            Testimony? management = _witnesses.Management(cluster.Key, now);
            Agreement agreement = AgreementRule.Judge([.. seenOf.SelectMany(static pair => pair.Seen), .. management is null ? Array.Empty<Testimony>() : [management]], now);
            if (management is not null) Tell(cluster.Key, null, management, now, told);
            foreach ((NodeLiveness node, IReadOnlyList<Testimony> says) in seenOf)
            {
                foreach (Testimony testimony in says) Tell(cluster.Key, node.Node.Node, testimony, now, told);
                Judgement judgement = VerdictRules.AsDeclared(
                    VerdictRules.Judge(node, _watch, freeze, says, AgreementRule.Judge(says, now), agreement, now, limits), _witnesses.DeclaredState(cluster.Key, node.Node.Node));
                judgements.Add(judgement);
                if (judgement.NextChange is { } at && (next is null || at < next)) next = at;
                seen.Add(node.Node.ToString());
                if (Publish(node.Node.Cluster, node.Node.Node, judgement, wallClock) is { } change) ofNodes.Add(change);
            }
            seen.Add(cluster.Key.Value);
            Judgement whole = VerdictRules.JudgeCluster(judgements, management, agreement, _witnesses.DeclaredState(cluster.Key), now, limits);
            if (whole.NextChange is { } then && (next is null || then < next)) next = then;
            if (Publish(cluster.Key, null, whole, wallClock) is { } ofCluster) changes.Add(ofCluster);
            changes.AddRange(ofNodes);
        }
        foreach (string gone in _verdicts.Keys.Where(key => !seen.Contains(key)).ToArray())
        {
            Verdict verdict = _verdicts[gone];
            _verdicts.Remove(gone);
            changes.Add(new VerdictChange(verdict.Cluster, verdict.Node, verdict, null));
            foreach (var said in _told.Keys.Where(key => key.Cluster == verdict.Cluster && key.Node == verdict.Node).ToArray()) _told.Remove(said);
        }
        bool freezeChanged = !_frozen.SetEquals(freeze.Clusters);
        _frozen = freeze.Clusters;
        var review = new VerdictReview([.. changes.OrderBy(static change => change.Key, StringComparer.Ordinal)], next)
        {
            Witnesses = told,
            Freeze = freeze,
            FreezeChanged = freezeChanged,
            StoodStill = _stoodStill,
        };
        _stoodStill = null;
        return review;
    }

    // What a witness says first is no change, unless it is a loss; and a tunnel that is only being dialled again is not lost.
    private void Tell(ClusterId cluster, NodeId? node, Testimony testimony, TimeSpan now, List<WitnessChange> told)
    {
        bool lost = testimony.Lost && (testimony.Kind == WitnessKind.Agent || now >= testimony.CertainAt);
        bool known = _told.TryGetValue((cluster, node, testimony.Kind), out bool before);
        if (testimony.Kind == WitnessKind.DataPath || (known && lost == before)) return;
        _told[(cluster, node, testimony.Kind)] = lost;
        if (known || lost) told.Add(new WitnessChange(cluster, node, testimony));
    }

    private SortedDictionary<ClusterId, TimeSpan?> ClusterLosses(TimeSpan now)
    {
        var losses = new SortedDictionary<ClusterId, TimeSpan?>();
        foreach (IGrouping<ClusterId, NodeLiveness> cluster in _nodes.Values.GroupBy(static node => node.Node.Cluster))
        {
            TimeSpan? last = TimeSpan.MinValue;
            foreach (NodeLiveness node in cluster)
            {
                TimeSpan? since = VerdictRules.Lost(node, _watch, now, limits)?.Since;
                last = last is null || since is null ? null : since > last ? since : last;
            }
            losses[cluster.Key] = last;
        }
        return losses;
    }

    private VerdictChange? Publish(ClusterId cluster, NodeId? node, Judgement judgement, DateTimeOffset wallClock)
    {
        string key = node is { } name ? $"{cluster}/{name}" : cluster.Value;
        Verdict? before = _verdicts.GetValueOrDefault(key);
        if (before is not null && before.State == judgement.State && before.LeaseEnded == judgement.LeaseEnded && before.Reason == judgement.Reason) return null;
        var after = new Verdict
        {
            Cluster = cluster,
            Node = node,
            State = judgement.State,
            Revision = ++_revision,
            Reason = judgement.Reason,
            Evidence = judgement.Evidence,
            LeaseEnded = judgement.LeaseEnded,
            Since = before is not null && before.State == judgement.State ? before.Since : wallClock,
        };
        _verdicts[key] = after;
        return new VerdictChange(cluster, node, before, after);
    }

    private void Update(NodeKey node, Func<NodeLiveness, NodeLiveness> change)
    {
        Know(node);
        _nodes[node] = change(_nodes[node]);
    }
}
