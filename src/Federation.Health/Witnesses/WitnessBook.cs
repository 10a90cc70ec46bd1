using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Liveness;
using Federation.Health.Suspicion;
using Federation.Health.Verdicts;

namespace Federation.Health.Witnesses;

/// <summary>What others than the agents' streams say, and what all of them come to. Not thread-safe.</summary>
/// <param name="limits">The durations.</param>
public sealed class WitnessBook(VerdictLimits limits)
{
    private readonly SortedDictionary<string, GatewayView> _gateways = new(StringComparer.Ordinal);
    private readonly SortedDictionary<ClusterId, ManagementView> _management = [];
    private readonly Dictionary<ClusterId, ClusterSpec> _declared = [];

    /// <summary>Takes over what is declared of clusters.</summary>
    public void Declare(IReadOnlyDictionary<ClusterId, ClusterSpec> clusters)
    {
        _declared.Clear();
        foreach ((ClusterId cluster, ClusterSpec spec) in clusters) _declared[cluster] = spec;
        foreach (ClusterId gone in _management.Keys.Where(cluster => !clusters.ContainsKey(cluster)).ToArray()) _management.Remove(gone);
    }

    /// <summary>A gateway said which tunnels are open there.</summary>
    public void GatewaySaid(string gateway, IReadOnlyDictionary<NodeKey, GatewayWay> ways, IEnumerable<NodeKey> known, TimeSpan now)
    {
        GatewayView? before = _gateways.GetValueOrDefault(gateway);
        var missing = new SortedDictionary<NodeKey, TimeSpan>();
        foreach (NodeKey node in known)
        {
            if (!ways.ContainsKey(node)) missing[node] = before is not null && before.MissingSince.TryGetValue(node, out TimeSpan since) ? since : now;
        }
        _gateways[gateway] = new GatewayView(now, ways, missing);
        foreach (string gone in _gateways.Keys.Where(name => now - _gateways[name].HeardAt > limits.PauseMemory).ToArray()) _gateways.Remove(gone);
    }

    /// <summary>An agent that drives a cluster from outside said how its management API answers.</summary>
    public void ManagementSaid(ClusterId cluster, bool lost, string detail, TimeSpan now)
    {
        TimeSpan since = _management.TryGetValue(cluster, out ManagementView? before) && before.Lost == lost && now - before.HeardAt <= limits.WitnessFresh ? before.Since : now;
        _management[cluster] = new ManagementView(now, lost, since, detail);
    }

    /// <summary>What stands on what, in a cluster.</summary>
    public Topology TopologyOf(ClusterId cluster) => new(cluster, _declared.GetValueOrDefault(cluster)?.FailureDomains);

    /// <summary>Draining or Cordoned, where a cluster is declared so.</summary>
    public VerdictState? DeclaredState(ClusterId cluster) => _declared.GetValueOrDefault(cluster) switch
    {
        { Draining: true } => VerdictState.Draining,
        { Cordoned: true } => VerdictState.Cordoned,
        _ => null,
    };

    /// <summary>Draining or Cordoned, where one node is declared so; what is declared of its cluster is the cluster's.</summary>
    public VerdictState? DeclaredState(ClusterId cluster, NodeId node) => _declared.GetValueOrDefault(cluster)?.NodeSetting(node.Value) switch
    {
        { Draining: true } => VerdictState.Draining,
        { Cordoned: true } => VerdictState.Cordoned,
        _ => null,
    };

    /// <summary>The gateways whose word counts: heard lately, and not themselves cut off from most clusters.</summary>
    public IReadOnlyList<GatewayView> Trusted(IReadOnlyCollection<ClusterId> known, TimeSpan now) =>
    [
        .. _gateways.Values.Where(gateway => now - gateway.HeardAt <= limits.WitnessFresh
            && 2 * known.Count(cluster => gateway.Ways.Keys.All(node => node.Cluster != cluster)) <= known.Count),
    ];

    /// <summary>What the witnesses of a node say.</summary>
    public IReadOnlyList<Testimony> Of(NodeLiveness node, OwnWatch watch, IReadOnlyList<GatewayView> gateways, TimeSpan now)
    {
        var testimonies = new List<Testimony>();
        IReadOnlyList<string> shares = TopologyOf(node.Node.Cluster).OfNode(node.Node.Node);
        if (VerdictRules.Lost(node, watch, now, limits) is { } loss)
            testimonies.Add(new(WitnessKind.Agent, $"agent of {node.Node}", true, loss.CertainAt, loss.Reason, shares));
        else if (node.LastContact is not null)
            testimonies.Add(new(WitnessKind.Agent, $"agent of {node.Node}", false, null, "in contact", shares));
        if (Tunnel(node.Node, gateways, shares, now) is { } tunnel) testimonies.Add(tunnel);
        if (DataPath(node.Node, gateways, shares, now) is { } path) testimonies.Add(path);
        return testimonies;
    }

    /// <summary>What is said of a cluster's management API; null if nothing is, or nothing lately.</summary>
    public Testimony? Management(ClusterId cluster, TimeSpan now) =>
        _management.TryGetValue(cluster, out ManagementView? view) && now - view.HeardAt <= limits.WitnessFresh
            ? new Testimony(
                WitnessKind.ManagementApi, $"management API of {cluster}", view.Lost, view.Lost ? view.Since + limits.WitnessPatience : null,
                view.Lost ? $"does not answer ({view.Detail})" : "answers", TopologyOf(cluster).OfManagement())
            : null;

    private Testimony? Tunnel(NodeKey node, IReadOnlyList<GatewayView> gateways, IReadOnlyList<string> shares, TimeSpan now)
    {
        TimeSpan? missing = null;
        foreach (GatewayView gateway in gateways)
        {
            if (gateway.Ways.TryGetValue(node, out GatewayWay? way))
            {
                // Open is not alive: only an answer is.
                if (Until(gateway, way.PongAge, now) is { } until) return new(WitnessKind.Tunnel, $"tunnel of {node}", false, null, "open and answers", shares) { Until = until };
            }
            else if (gateway.MissingSince.TryGetValue(node, out TimeSpan since) && (missing is null || since > missing))
            {
                missing = since;
            }
        }
        return missing is { } lost
            ? new(WitnessKind.Tunnel, $"tunnel of {node}", true, lost + limits.WitnessPatience, "no gateway has one", shares)
            : null;
    }

    // Failed requests speak of replicas; only an answer speaks of the node.
    private Testimony? DataPath(NodeKey node, IReadOnlyList<GatewayView> gateways, IReadOnlyList<string> shares, TimeSpan now)
    {
        foreach (GatewayView gateway in gateways)
        {
            if (gateway.Ways.TryGetValue(node, out GatewayWay? way) && Until(gateway, way.AnswerAge, now) is { } until)
                return new(WitnessKind.DataPath, $"requests to {node}", false, null, "replicas answer", shares) { Until = until };
        }
        return null;
    }

    // An answer that is not older than the shortest silence that counts; when it will be.
    private TimeSpan? Until(GatewayView gateway, TimeSpan? age, TimeSpan now) =>
        age is { } old && gateway.HeardAt - old + limits.LeastSilence is var until && until > now ? until : null;
}
