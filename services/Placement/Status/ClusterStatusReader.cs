using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Scheduling;
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
        ReplicaObservation[] all = [.. observed.Replicas.Where(replica => replica.Cluster == id)];
        ReplicaObservation[] replicas = [.. all.Where(replica => replica.Running)];
        NodeObservation[] seen = [.. observed.Nodes.Where(node => node.Cluster == id).OrderBy(node => node.Node)];
        // What is free is computed once in the plane, by the planner: what is shown here is what it decides by.
        IReadOnlyList<TargetCapacity> capacity = PlacementPlanner.Capacity(
            new DesiredState { Clusters = [cluster], Workloads = [] },
            new ObservedState
            {
                Nodes = seen,
                Verdicts = [],
                Assignments = [.. new PlacementState(store.Current).Assignments.Where(placed => placed.Order.Cluster == id).Select(placed => placed.Order)],
                Replicas = all,
                TolerationsEnded = new HashSet<ToleratedLoss>(),
            });
        NodeSummary[] nodes = [.. seen.Select(node => Summary(node, capacity, replicas, observed))];
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
            Free = capacity.FirstOrDefault(target => target.Node is null)?.Free ?? Sum(nodes.Where(node => node.State.IsInContact()).Select(node => node.Free)),
            Replicas = replicas.Length,
            NodeList = nodes,
        };
    }

    private static NodeSummary Summary(NodeObservation node, IReadOnlyList<TargetCapacity> capacity, ReplicaObservation[] replicas, ObservedWorld observed)
    {
        // A cluster that is driven as a whole keeps its orders as a whole: of its nodes only foreign use is told apart.
        ResourceAmount free = capacity.FirstOrDefault(target => target.Node == node.Node)?.Free ?? node.Allocatable - node.Foreign;
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
