using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>What is so of slots whatever the workload: read once, so that the filters are unions of sets.</summary>
internal sealed class SlotConditions
{
    public SlotConditions(PlanningSnapshot snapshot)
    {
        int size = snapshot.Slots.Length;
        (NotRegistered, Cordoned, Draining, NotReady) = (new(size), new(size), new(size), new(size));
        var taints = new Dictionary<Taint, SlotSet>();
        var capabilities = new Dictionary<Capabilities, SlotSet>();
        for (int s = 0; s < size; s++)
        {
            SlotEntry slot = snapshot.Slots[s];
            ClusterEntry cluster = snapshot.Clusters[slot.Cluster];
            if (cluster.Leaving || !slot.WellFormed) NotRegistered.Add(s);
            if (!slot.Verdict.IsInContact() || !slot.Observed) NotReady.Add(s);
            // What a slot that has not reported can do is not known, which the verdict filter answers.
            if (slot.Observed) SetOf(capabilities, slot.Capabilities, size).Add(s);
            if (cluster.Declared is not { Spec: var spec }) continue;
            if (slot.Cordoned) Cordoned.Add(s);
            if (slot.Draining) Draining.Add(s);
            for (int t = 0; t < (spec.Taints?.Count ?? 0); t++)
            {
                if (spec.Taints![t].Effect != TaintEffect.PreferNoSchedule) SetOf(taints, spec.Taints[t], size).Add(s);
            }
        }
        Taints = [.. taints.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key.Key, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Value, StringComparer.Ordinal).ThenBy(pair => pair.Key.Effect)];
        ByCapabilities = [.. capabilities.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key)];
    }

    /// <summary>The cluster is not registered, is being deleted, or takes no orders in this form.</summary>
    public SlotSet NotRegistered { get; }

    /// <summary>Cordoned or draining.</summary>
    public SlotSet Cordoned { get; }

    public SlotSet Draining { get; }

    /// <summary>Not in contact, or without known capacity.</summary>
    public SlotSet NotReady { get; }

    /// <summary>NoSchedule and NoExecute taints with the slots that carry them.</summary>
    public IReadOnlyList<(Taint Taint, SlotSet Slots)> Taints { get; }

    /// <summary>The sets of capabilities that occur, with their slots.</summary>
    public IReadOnlyList<(Capabilities Capabilities, SlotSet Slots)> ByCapabilities { get; }

    private static SlotSet SetOf<TKey>(Dictionary<TKey, SlotSet> sets, TKey key, int size) where TKey : notnull
    {
        if (sets.TryGetValue(key, out SlotSet? set)) return set;
        set = new SlotSet(size);
        sets.Add(key, set);
        return set;
    }
}
