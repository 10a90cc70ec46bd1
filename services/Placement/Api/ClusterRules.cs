using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Feeds;
using Federation.Placement.Dispatching;
using Federation.Placement.Documents;
using Federation.Placement.Moving;
using Federation.Placement.Status;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>What a Cluster adds to the common way: its status, that it goes only when nothing is ordered there or it is gone for good, and that what is heard is not confirmed lost.</summary>
public sealed class ClusterRules(ClusterStatusReader status, FeedFollower health) : ResourceRules<Cluster>
{
    private readonly PlaceContact _contact = new(health);

    public override Cluster Prepare(Cluster desired, Cluster? present) => desired with { Status = null };

    public override ResourceChange OnApply(Cluster desired, Cluster? present, WriteContext context)
    {
        var cluster = new ClusterId(desired.Metadata.Name);
        if (desired.Spec.ConfirmedLost && present?.Spec.ConfirmedLost != true && Heard(cluster, null) is { } whole) return whole;
        foreach (NodeSetting node in desired.Spec.Nodes ?? [])
        {
            if (node.ConfirmedLost && present?.Spec.NodeSetting(node.Name)?.ConfirmedLost != true && Heard(cluster, new NodeId(node.Name)) is { } one) return one;
        }
        // Registered anew, it is a cluster like any other; what its agents still hold of before was settled.
        return present is null && context.Snapshot.Get(new(Kinds.LostCluster, cluster.Value)) is { } gone
            ? new ResourceChange.Allowed([new(gone.Key, gone.Revision)], [new(gone.Key, null)])
            : ResourceChange.Allowed.Alone;
    }

    private ResourceChange.Refused? Heard(ClusterId cluster, NodeId? node)
    {
        if (_contact.Silence(cluster, node) is { } silence) return new(silence);
        return _contact.Heard(cluster, node) is not { } heard ? null : new(ResourceProblem.InUse(
            $"{PlaceContact.Text(heard)} is heard ({heard.Reason}): what answers is not lost; to empty it, drain it: fedctl drain {PlaceContact.Text(cluster, node)}"));
    }

    public override ResourceChange OnDelete(Cluster present, WriteContext context)
    {
        string name = present.Metadata.Name;
        PlacedAssignment[] orders = [.. new PlacementState(context.Snapshot).Assignments.Where(placed => placed.Order.Cluster.Value == name)];
        if (!present.Spec.ConfirmedLost)
        {
            return orders.Length == 0
                ? ResourceChange.Allowed.Alone
                : new ResourceChange.Refused(ResourceProblem.InUse(
                    $"cluster {name} still carries {orders.Length} assignments; drain it first: fedctl drain cluster {name}; if it is gone for good: fedctl confirm-lost {name}"));
        }
        var cluster = new ClusterId(name);
        if (Heard(cluster, null) is { } heard) return heard;
        string[] waiting = [.. orders.Where(static placed => placed.Order.State is AssignmentState.Active or AssignmentState.Moving).Select(static placed => placed.Order.Workload.ToString()).Distinct()];
        if (waiting.Length > 0)
        {
            return new ResourceChange.Refused(ResourceProblem.InUse(
                $"cluster {name} was confirmed lost, but {waiting.Length} workloads still belong there ({string.Join(", ", waiting.Take(3))}{(waiting.Length > 3 ? ", ..." : "")}): wait until they are placed elsewhere, delete them, or start them without their data: fedctl move NAME --accept-data-loss"));
        }
        // What was told to stop there and cannot answer for it any more is settled by the decision that the place is gone; whoever comes back under its name is refused.
        return new ResourceChange.Allowed(
            [.. orders.Select(static placed => new StoreCondition(new(Kinds.Assignment, placed.Order.Id.Value), placed.Revision))],
            [
                .. orders.Select(static placed => new StoreWrite(new(Kinds.Assignment, placed.Order.Id.Value), null)),
                PlacementState.Put(Kinds.LostCluster, name, new LostCluster(cluster, context.Now, context.Writer)),
            ]);
    }

    public override Cluster Shown(Cluster stored) => stored with { Status = status.Read(stored) };
}
