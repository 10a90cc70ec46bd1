using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Liveness;

namespace Federation.Health.Verdicts;

/// <summary>
/// The liveness of all known nodes and the verdicts that were given last. Not thread-safe: one owner calls it, in the order of what is seen.
/// </summary>
/// <param name="limits">The durations.</param>
/// <param name="revisionBase">Verdicts' revisions begin above it; a base that rises from one start of Health to the next keeps them rising over restarts.</param>
public sealed class VerdictBook(VerdictLimits limits, long revisionBase)
{
    private readonly SortedDictionary<NodeKey, NodeLiveness> _nodes = [];
    private readonly SortedDictionary<string, Verdict> _verdicts = new(StringComparer.Ordinal);
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

    /// <summary>A node gave its full set.</summary>
    public void Reported(NodeKey node, TimeSpan now) => Update(node, liveness => liveness.Reported(now, limits));

    /// <summary>A message came on a node's stream.</summary>
    public void Heard(NodeKey node, TimeSpan now) => Update(node, liveness => liveness.Heard(now, limits));

    /// <summary>A node's renewal came and is about to be granted.</summary>
    public void Granted(NodeKey node, TimeSpan now) => Update(node, liveness => liveness.Granted(now, limits));

    /// <summary>A node's stream ended, and no newer one has taken its place.</summary>
    public void StreamEnded(NodeKey node, TimeSpan now, string reason) => Update(node, liveness => liveness.StreamEnded(now, reason, limits));

    /// <summary>Judges everything anew.</summary>
    /// <param name="now">Since Health's start, monotonic.</param>
    /// <param name="wallClock">For display alone.</param>
    public VerdictReview Review(TimeSpan now, DateTimeOffset wallClock)
    {
        Freeze freeze = FreezeRule.Judge(ClusterLosses(now), now, limits);
        var changes = new List<VerdictChange>();
        TimeSpan? next = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (IGrouping<ClusterId, NodeLiveness> cluster in _nodes.Values.GroupBy(static node => node.Node.Cluster).OrderBy(static group => group.Key))
        {
            var judgements = new List<Judgement>();
            var ofNodes = new List<VerdictChange>();
            foreach (NodeLiveness node in cluster)
            {
                Judgement judgement = VerdictRules.Judge(node, freeze, now, limits);
                judgements.Add(judgement);
                if (judgement.NextChange is { } at && (next is null || at < next)) next = at;
                seen.Add(node.Node.ToString());
                if (Publish(node.Node.Cluster, node.Node.Node, judgement, wallClock) is { } change) ofNodes.Add(change);
            }
            seen.Add(cluster.Key.Value);
            if (Publish(cluster.Key, null, VerdictRules.JudgeCluster(judgements), wallClock) is { } ofCluster) changes.Add(ofCluster);
            changes.AddRange(ofNodes);
        }
        foreach (string gone in _verdicts.Keys.Where(key => !seen.Contains(key)).ToArray())
        {
            Verdict verdict = _verdicts[gone];
            _verdicts.Remove(gone);
            changes.Add(new VerdictChange(verdict.Cluster, verdict.Node, verdict, null));
        }
        return new VerdictReview([.. changes.OrderBy(static change => change.Key, StringComparer.Ordinal)], next);
    }

    private SortedDictionary<ClusterId, TimeSpan?> ClusterLosses(TimeSpan now)
    {
        var losses = new SortedDictionary<ClusterId, TimeSpan?>();
        foreach (IGrouping<ClusterId, NodeLiveness> cluster in _nodes.Values.GroupBy(static node => node.Node.Cluster))
        {
            TimeSpan? last = TimeSpan.MinValue;
            foreach (NodeLiveness node in cluster)
            {
                TimeSpan? since = VerdictRules.Lost(node, now, limits)?.Since;
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
