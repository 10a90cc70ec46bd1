using Federation.Domain.Assignments;

namespace Federation.Adapters;

/// <summary>An Assignment with the files it needs.</summary>
/// <param name="Assignment">The order.</param>
/// <param name="Material">Its configs and secrets, still sealed to this agent.</param>
public sealed record DesiredAssignment(Assignment Assignment, IReadOnlyList<SealedFiles> Material);
