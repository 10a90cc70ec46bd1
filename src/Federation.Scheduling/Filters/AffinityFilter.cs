using Federation.Domain.Policies;
using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>The cluster's labels meet every term of the policy's affinity.</summary>
internal sealed class AffinityFilter : PlacementFilter
{
    public override string Name => "affinity";

    public override void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table)
    {
        if (specClass.Policy.Affinity is not { Count: > 0 } terms) return;
        for (int t = 0; t < terms.Count; t++)
        {
            table.Matches.Clear();
            snapshot.Labels.AddMatches(terms[t], table.Matches, table.Scratch);
            table.Closed.UnionWithComplementOf(table.Matches);
            table.Evicted.UnionWithComplementOf(table.Matches);
        }
    }

    public override string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot)
    {
        ClusterEntry cluster = snapshot.Clusters[snapshot.Slots[slot].Cluster];
        var matches = new SlotSet(snapshot.Slots.Length);
        var scratch = new SlotSet(snapshot.Slots.Length);
        foreach (LabelTerm term in specClass.Policy.Affinity!)
        {
            matches.Clear();
            snapshot.Labels.AddMatches(term, matches, scratch);
            if (matches[slot]) continue;
            string has = LabelIndex.ValueOf(cluster, term.Key) is { } value ? $"has {term.Key}={value}" : $"has no label {term.Key}";
            return $"the policy asks for {Describe(term)} and cluster {cluster.Id} {has}; change the label or the policy's affinity";
        }
        return $"cluster {cluster.Id} does not meet the policy's affinity";
    }

    /// <summary>A term as a person reads it.</summary>
    public static string Describe(LabelTerm term)
    {
        string values = string.Join(", ", term.Values ?? []);
        return term.Operator switch
        {
            LabelOperator.In => $"{term.Key} in ({values})",
            LabelOperator.NotIn => $"{term.Key} not in ({values})",
            LabelOperator.Exists => $"a label {term.Key}",
            _ => $"no label {term.Key}",
        };
    }
}
