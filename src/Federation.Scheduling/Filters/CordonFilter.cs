using Federation.Domain.Clusters;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>A cordoned cluster or node keeps what it has and takes nothing new; a draining one, or one that was confirmed lost, gives it away.</summary>
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
        SlotEntry entry = snapshot.Slots[slot];
        ClusterSpec spec = cluster.Declared!.Spec;
        if (entry.ConfirmedLost)
        {
            string lost = spec.ConfirmedLost ? cluster.Id.Value : entry.Text;
            return $"{lost} was confirmed lost and takes nothing until that is taken back: fedctl confirm-lost {lost} --undo";
        }
        if (!spec.Draining && !spec.Cordoned)
            return entry.Draining ? $"node {entry.Text} is draining; uncordon it to place work there again" : $"node {entry.Text} is cordoned: what runs there stays, nothing new comes; uncordon it";
        return spec.Draining
            ? $"cluster {cluster.Id} is draining; uncordon it to place work there again"
            : $"cluster {cluster.Id} is cordoned: what runs there stays, nothing new comes; uncordon it";
    }
}
