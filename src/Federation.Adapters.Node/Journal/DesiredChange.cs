using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Journal;

/// <summary>A change of what is desired here, made durable as one.</summary>
/// <param name="Term">The term it came with.</param>
/// <param name="Revision">The orders' revision it leads to.</param>
/// <param name="Upserts">Assignments that are new or changed, with their material still sealed.</param>
/// <param name="Removals">Assignments that are no more.</param>
public sealed record DesiredChange(long Term, long Revision, IReadOnlyList<DesiredAssignment> Upserts, IReadOnlyList<AssignmentId> Removals);
