using System.Runtime.CompilerServices;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;

namespace Federation.Placement.Documents;

/// <summary>What Health's feed says, as records.</summary>
/// <param name="health">The feed's view.</param>
public sealed class ObservedWorld(FeedView health)
{
    /// <summary>The kinds that Placement follows at Health.</summary>
    public static readonly IReadOnlyList<string> FollowedKinds = ["NodeObservation", "ReplicaObservation", "ReplicaTraffic", "Verdict"];

    // Everyone who looks at one view shares one index, and it goes with the view.
    private static readonly ConditionalWeakTable<FeedView, ILookup<WorkloadKey, ReplicaObservation>> ByWorkload = [];

    /// <summary>Whether Health has ever been heard.</summary>
    public bool Known => health.Known;

    public IEnumerable<NodeObservation> Nodes => health.All<NodeObservation>("NodeObservation");

    public IEnumerable<ReplicaObservation> Replicas => health.All<ReplicaObservation>("ReplicaObservation");

    public IEnumerable<Verdict> Verdicts => health.All<Verdict>("Verdict");

    public NodeObservation? Node(NodeKey key) => health.Find<NodeObservation>("NodeObservation", key.ToString());

    /// <summary>The replicas of one workload, in order of their ids.</summary>
    public IEnumerable<ReplicaObservation> ReplicasOf(WorkloadKey key) =>
        ByWorkload.GetValue(health, static view => view.All<ReplicaObservation>("ReplicaObservation").ToLookup(static replica => replica.Workload))[key];

    /// <summary>What gateways saw the replicas of one workload answer since its present rollout began.</summary>
    public IEnumerable<ReplicaTraffic> TrafficOf(WorkloadKey key) => health.All<ReplicaTraffic>("ReplicaTraffic").Where(seen => seen.Workload == key);

    /// <summary>The observation of a cluster that is driven as a whole.</summary>
    public NodeObservation? AnyNode(ClusterId cluster) => Nodes.FirstOrDefault(node => node.Cluster == cluster);

    /// <summary>The observation by which a target is known: its node's, or one of a cluster that is driven as a whole.</summary>
    public NodeObservation? At(ClusterId cluster, NodeId? node) => node is { } name ? Node(new NodeKey(cluster, name)) : AnyNode(cluster);

    /// <summary>The judgement of a node, or of a whole cluster.</summary>
    public Verdict? Verdict(ClusterId cluster, NodeId? node) =>
        health.Find<Verdict>("Verdict", node is { } n ? $"{cluster}/{n}" : $"{cluster}");
}
