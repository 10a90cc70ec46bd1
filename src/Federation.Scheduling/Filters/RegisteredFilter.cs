using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>The cluster is registered, not being deleted, and takes orders in the form in which the slot gives them.</summary>
internal sealed class RegisteredFilter : PlacementFilter
{
    public override string Name => "registered";

    public override void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table)
    {
        SlotSet refused = snapshot.Conditions.NotRegistered;
        table.Closed.UnionWith(refused);
        table.Evicted.UnionWith(refused);
    }

    public override string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot)
    {
        ClusterEntry cluster = snapshot.Clusters[snapshot.Slots[slot].Cluster];
        if (cluster.Declared is null) return $"cluster {cluster.Id} is not registered; apply it to use it again";
        if (cluster.Leaving) return $"cluster {cluster.Id} is being deleted; apply it again once it is gone";
        return cluster.Native
            ? $"cluster {cluster.Id} is native: work there belongs to a node"
            : $"cluster {cluster.Id} is driven as a whole: work there belongs to no node of ours";
    }
}
