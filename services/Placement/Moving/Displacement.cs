using Federation.Domain.Identifiers;

namespace Federation.Placement.Moving;

/// <summary>What a workload had in clusters that it had to leave, and is to have there again; ends when it has.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="WorkloadUid">Its uid.</param>
/// <param name="Homes">The clusters, in the order in which they were lost.</param>
public sealed record Displacement(WorkloadKey Workload, string WorkloadUid, IReadOnlyList<LostHome> Homes);
