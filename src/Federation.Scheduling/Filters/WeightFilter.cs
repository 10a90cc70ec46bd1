using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>In weighted division a cluster that matches no weight gets nothing. A policy without weights weighs all clusters alike.</summary>
internal sealed class WeightFilter : PlacementFilter
{
    public override string Name => "weight";

    public override void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table)
    {
        if (!HasWeights(specClass)) return;
        table.Matches.Clear();
        IReadOnlyList<ClusterWeight> weights = specClass.Policy.Division.Weights!;
        for (int i = 0; i < weights.Count; i++) snapshot.Labels.AddMatches(weights[i].Term, table.Matches, table.Scratch);
        table.Closed.UnionWithComplementOf(table.Matches);
        table.Evicted.UnionWithComplementOf(table.Matches);
    }

    public override string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot)
    {
        ClusterEntry cluster = snapshot.Clusters[snapshot.Slots[slot].Cluster];
        return $"the policy's weights do not mention cluster {cluster.Id}; add a weight that matches it";
    }

    /// <summary>The weights of the candidates: of several that match, the first.</summary>
    public static void FillWeights(PlanningSnapshot snapshot, SpecClass specClass, ReadOnlySpan<int> clusters, int[] weights, SlotSet scratch, SlotSet matches)
    {
        if (specClass.Policy.Division.Strategy != DivisionStrategy.Weighted) return;
        weights.AsSpan(0, clusters.Length).Fill(HasWeights(specClass) ? 0 : 1);
        if (!HasWeights(specClass)) return;
        foreach (ClusterWeight rule in specClass.Policy.Division.Weights!)
        {
            matches.Clear();
            snapshot.Labels.AddMatches(rule.Term, matches, scratch);
            for (int i = 0; i < clusters.Length; i++)
            {
                if (weights[i] == 0 && matches[snapshot.Clusters[clusters[i]].FirstSlot]) weights[i] = Math.Max(1, rule.Weight);
            }
        }
    }

    /// <summary>The weight of one cluster, candidate or not.</summary>
    public static int WeightOf(PlanningSnapshot snapshot, SpecClass specClass, int cluster, SlotSet scratch, SlotSet matches)
    {
        int[] weight = [0];
        FillWeights(snapshot, specClass, [cluster], weight, scratch, matches);
        return weight[0];
    }

    private static bool HasWeights(SpecClass specClass) => specClass.Policy.Division is { Strategy: DivisionStrategy.Weighted, Weights.Count: > 0 };
}
