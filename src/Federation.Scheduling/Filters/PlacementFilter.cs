using Federation.Scheduling.Classes;
using Federation.Scheduling.Snapshot;

namespace Federation.Scheduling.Filters;

/// <summary>
/// A rule that refuses slots to a class of workloads. What it decides is one call for all slots; why, it tells slot by slot when a person asks, from
/// the same inputs.
/// </summary>
internal abstract class PlacementFilter
{
    /// <summary>All filters, in the order in which a refusal is attributed.</summary>
    public static IReadOnlyList<PlacementFilter> All { get; } =
    [
        new RegisteredFilter(), new CordonFilter(), new VerdictFilter(), new AffinityFilter(), new TaintFilter(), new CapabilityFilter(), new WeightFilter(),
    ];

    /// <summary>The rule's name, as explanations give it.</summary>
    public abstract string Name { get; }

    /// <summary>Adds the refused slots to the table: to Closed for new replicas, to Evicted also for those that are there.</summary>
    public abstract void Apply(PlanningSnapshot snapshot, SpecClass specClass, CandidateTable table);

    /// <summary>Why a slot that this rule closed is closed, and what would open it, as a sentence.</summary>
    public abstract string Explain(PlanningSnapshot snapshot, SpecClass specClass, int slot);

    /// <summary>Closes a slot, and evicts what is there if asked.</summary>
    protected static void Refuse(CandidateTable table, int slot, bool evict)
    {
        table.Closed.Add(slot);
        if (evict) table.Evicted.Add(slot);
    }
}
