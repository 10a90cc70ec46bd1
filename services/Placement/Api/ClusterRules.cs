using Federation.Domain.Clusters;
using Federation.Placement.Documents;
using Federation.Placement.Status;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Api;

/// <summary>What a Cluster adds to the common way: its status, and that it goes only when nothing is ordered there.</summary>
public sealed class ClusterRules(ClusterStatusReader status) : ResourceRules<Cluster>
{
    public override Cluster Prepare(Cluster desired, Cluster? present) => desired with { Status = null };

    public override ResourceChange OnDelete(Cluster present, WriteContext context)
    {
        int orders = new PlacementState(context.Snapshot).Assignments.Count(placed => placed.Order.Cluster.Value == present.Metadata.Name);
        return orders == 0
            ? ResourceChange.Allowed.Alone
            : new ResourceChange.Refused(ResourceProblem.InUse(
                $"cluster {present.Metadata.Name} still carries {orders} assignments; drain it first: fedctl cluster drain {present.Metadata.Name}"));
    }

    public override Cluster Shown(Cluster stored) => stored with { Status = status.Read(stored) };
}
