using Federation.Domain.Identifiers;

namespace Federation.Placement.Moving;

/// <summary>What is to be done about workloads that had to leave clusters.</summary>
/// <param name="Returns">Those that return now.</param>
/// <param name="Ended">Those that have nothing to return to any more.</param>
/// <param name="Next">When the next may return, from now; null if none waits for a time.</param>
public sealed record FailbackStep(IReadOnlyList<Relocation> Returns, IReadOnlyList<WorkloadKey> Ended, TimeSpan? Next);
