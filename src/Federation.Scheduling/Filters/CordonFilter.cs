using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>A cordoned cluster keeps what it has and takes nothing new; a draining one gives it away.</summary>
internal sealed class CordonFilter : PlacementFilter
{
    public override string Name => "cordon";

    public override void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table)
    {
        table.Closed.UnionWith(snapshot.Conditions.Cordoned);
        table.Evicted.UnionWith(snapshot.Conditions.Draining);
    }

    public override string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot)
    {
        ClusterEntry cluster = snapshot.Clusters[snapshot.Slots[slot].Cluster];
        return cluster.Declared!.Spec.Draining
            ? $"cluster {cluster.Id} is draining; uncordon it to place work there again"
            : $"cluster {cluster.Id} is cordoned: what runs there stays, nothing new comes; uncordon it";
    }
}
