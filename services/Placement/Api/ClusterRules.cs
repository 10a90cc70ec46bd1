using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Loops;
using Federation.Placement.Status;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Api;

/// <summary>What a Cluster adds to the common way: its status, that it goes only when nothing is ordered there, and that what is heard is not confirmed lost.</summary>
public sealed class ClusterRules(ClusterStatusReader status, FeedFollower health) : ResourceRules<Cluster>
{
    public override Cluster Prepare(Cluster desired, Cluster? present) => desired with { Status = null };

    public override ResourceChange OnApply(Cluster desired, Cluster? present, WriteContext context)
    {
        var cluster = new ClusterId(desired.Metadata.Name);
        if (desired.Spec.ConfirmedLost && present?.Spec.ConfirmedLost != true && Heard(cluster, null) is { } whole) return whole;
        foreach (NodeSetting node in desired.Spec.Nodes ?? [])
        {
            if (node.ConfirmedLost && present?.Spec.NodeSetting(node.Name)?.ConfirmedLost != true && Heard(cluster, new NodeId(node.Name)) is { } one) return one;
        }
        return ResourceChange.Allowed.Alone;
    }

    private ResourceChange.Refused? Heard(ClusterId cluster, NodeId? node)
    {
        var observed = new ObservedWorld(health.Current);
        string place = node is null ? $"cluster {cluster}" : $"node {cluster}/{node}";
        if (!observed.Known || !health.IsFresh(PlannerLoop.HealthSilence))
            return new(ResourceProblem.Unavailable($"Health is silent, so nobody knows whether {place} is heard; try again once it answers"));
        // A cluster is as good as the best of its nodes.
        Verdict? heard = observed.Verdicts.FirstOrDefault(verdict => verdict.Cluster == cluster && (node is null || verdict.Node == node) && verdict.State.IsInContact());
        return heard is null ? null : new(ResourceProblem.InUse(
            $"{(heard.Node is { } alive ? $"node {cluster}/{alive}" : place)} is heard ({heard.Reason}): what answers is not lost; to empty it, drain it: fedctl drain {(node is null ? $"cluster {cluster}" : $"node {cluster}/{node}")}"));
    }

    public override ResourceChange OnDelete(Cluster present, WriteContext context)
    {
        int orders = new PlacementState(context.Snapshot).Assignments.Count(placed => placed.Order.Cluster.Value == present.Metadata.Name);
        return orders == 0
            ? ResourceChange.Allowed.Alone
            : new ResourceChange.Refused(ResourceProblem.InUse(
                $"cluster {present.Metadata.Name} still carries {orders} assignments; drain it first: fedctl drain cluster {present.Metadata.Name}"));
    }

    public override Cluster Shown(Cluster stored) => stored with { Status = status.Read(stored) };
}
