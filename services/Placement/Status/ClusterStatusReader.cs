using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Feeds;
using Federation.Placement.Dispatching;
using Federation.Placement.Documents;
using Federation.Storage;

namespace Federation.Placement.Status;

/// <summary>Tells what is known of a cluster: Health's judgement, its nodes, and what is free by the rule that no decision overcommits.</summary>
public sealed class ClusterStatusReader(IStore store, FeedFollower health)
{
    /// <summary>The status at this moment.</summary>
    public ClusterStatus Read(Cluster cluster)
    {
        var observed = new ObservedWorld(health.Current);
        var id = new ClusterId(cluster.Metadata.Name);
        PlacedAssignment[] orders = [.. new PlacementState(store.Current).Assignments.Where(placed => placed.Order.Cluster == id)];
        ReplicaObservation[] replicas = [.. observed.Replicas.Where(replica => replica.Cluster == id && replica.Running)];
        NodeSummary[] nodes = [.. observed.Nodes.Where(node => node.Cluster == id).OrderBy(node => node.Node).Select(node => Summary(node, orders, replicas, observed))];
        Verdict? verdict = observed.Verdict(id, null);
        return new ClusterStatus
        {
            State = verdict?.State,
            Reason = verdict?.Reason,
            Evidence = verdict?.Evidence,
            Since = verdict?.Since,
            Nodes = nodes.Length,
            NodesReady = nodes.Count(node => node.State.IsInContact()),
            Allocatable = Sum(nodes.Select(node => node.Allocatable)),
            Free = Sum(nodes.Where(node => node.State.IsInContact()).Select(node => node.Free)),
            Replicas = replicas.Length,
            NodeList = nodes,
        };
    }

    private static NodeSummary Summary(NodeObservation node, PlacedAssignment[] orders, ReplicaObservation[] replicas, ObservedWorld observed)
    {
        ResourceAmount free = node.Allocatable - node.Foreign;
        foreach (PlacedAssignment placed in orders)
        {
            if (placed.Order.Node is { } at && at != node.Node) continue;
            int running = replicas.Count(replica => replica.Assignment == placed.Order.Id);
            ResourceAmount each = placed.Order.Template.Resources?.Reserved ?? ResourceAmount.Zero;
            free -= each * Math.Max(placed.Order.Replicas, running);
        }
        Verdict? verdict = observed.Verdict(node.Cluster, node.Node);
        return new NodeSummary(
            node.Node.Value,
            verdict?.State ?? VerdictState.Unknown,
            node.Allocatable,
            free,
            replicas.Count(replica => replica.Node == node.Node),
            verdict?.Reason,
            verdict?.Since);
    }

    private static ResourceAmount Sum(IEnumerable<ResourceAmount> amounts) => amounts.Aggregate(ResourceAmount.Zero, (a, b) => a + b);
}
