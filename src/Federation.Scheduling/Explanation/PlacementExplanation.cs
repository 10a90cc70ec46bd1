using Federation.Domain.Identifiers;

namespace Federation.Scheduling.Explanation;

/// <summary>Why a workload is where it is.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Generation">The generation decided on.</param>
/// <param name="Summary">One sentence: where it is placed, what is missing and why.</param>
/// <param name="Clusters">A line for every cluster, ordered by name.</param>
/// <param name="Unplaced">Replicas that found no place.</param>
/// <param name="Stranded">Why it does not move by itself; null if nothing holds it.</param>
/// <param name="Notes">Rules that could not be met in full, a sentence each.</param>
public sealed record PlacementExplanation(
    WorkloadKey Workload,
    long Generation,
    string Summary,
    IReadOnlyList<TargetExplanation> Clusters,
    int Unplaced,
    string? Stranded,
    IReadOnlyList<string> Notes);
