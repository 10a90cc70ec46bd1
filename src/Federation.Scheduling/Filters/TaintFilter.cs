using Federation.Domain.Clusters;
using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>An untolerated NoSchedule taint keeps new replicas away, an untolerated NoExecute taint moves also those that are there.</summary>
internal sealed class TaintFilter : PlacementFilter
{
    public override string Name => "taint";

    /// <summary>Whether a toleration of the policy covers the taint.</summary>
    public static bool Tolerates(PlacementPolicySpec policy, Taint taint)
    {
        if (policy.Tolerations is not { } tolerations) return false;
        for (int i = 0; i < tolerations.Count; i++)
        {
            Toleration toleration = tolerations[i];
            if ((toleration.Key is null || toleration.Key == taint.Key)
                && (toleration.Value is null || toleration.Value == taint.Value)
                && (toleration.Effect is null || toleration.Effect == taint.Effect)) return true;
        }
        return false;
    }

    public override void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table)
    {
        foreach ((Taint taint, SlotSet slots) in snapshot.Conditions.Taints)
        {
            if (Tolerates(specClass.Policy, taint)) continue;
            table.Closed.UnionWith(slots);
            if (taint.Effect == TaintEffect.NoExecute) table.Evicted.UnionWith(slots);
        }
    }

    public override string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot)
    {
        ClusterEntry cluster = snapshot.Clusters[snapshot.Slots[slot].Cluster];
        foreach ((Taint taint, SlotSet slots) in snapshot.Conditions.Taints)
        {
            if (!slots[slot] || Tolerates(specClass.Policy, taint)) continue;
            string text = taint.Value is null ? taint.Key : $"{taint.Key}={taint.Value}";
            return $"cluster {cluster.Id} has the taint {text} ({taint.Effect}), which the policy does not tolerate; add a toleration or remove the taint";
        }
        return $"cluster {cluster.Id} has a taint that the policy does not tolerate";
    }
}
