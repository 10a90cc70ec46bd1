using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;

namespace Federation.Placement.Moving;

/// <summary>Where a workload's replicas are to go, though nothing forces them: the planner puts them there as soon as all of them have room. It ends when they are there.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="WorkloadUid">Its uid.</param>
/// <param name="Generation">The generation it was planned for; another one ends it.</param>
/// <param name="Shares">The shares wanted.</param>
/// <param name="Why">Why, for a person.</param>
public sealed record Relocation(WorkloadKey Workload, string WorkloadUid, long Generation, IReadOnlyList<BindingShare> Shares, string Why)
{
    /// <summary>Whether it speaks of this declaration of this workload.</summary>
    public bool IsOf(string? uid, long? generation) => uid == WorkloadUid && generation == Generation;
}
