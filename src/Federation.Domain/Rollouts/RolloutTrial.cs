using Federation.Domain.Identifiers;

namespace Federation.Domain.Rollouts;

/// <summary>A version on its way.</summary>
/// <param name="Number">The declared template's number in the workload's history.</param>
/// <param name="Revision">The resolved template's revision.</param>
/// <param name="StartedAt">When it began, for people.</param>
/// <param name="ClustersDone">The clusters that run it wholly, and since when.</param>
public sealed record RolloutTrial(int Number, TemplateRevision Revision, DateTimeOffset StartedAt, IReadOnlyDictionary<string, DateTimeOffset> ClustersDone);
