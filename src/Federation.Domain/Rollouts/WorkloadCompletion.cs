using Federation.Domain.Identifiers;

namespace Federation.Domain.Rollouts;

/// <summary>That a workload which ends by design has done so: all replicas of a revision ended with exit code 0 and are not started again.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Replicas">How many replicas; another number, like another revision, runs anew.</param>
/// <param name="At">When, by the plane's clock; for people.</param>
public sealed record WorkloadCompletion(TemplateRevision Revision, int Replicas, DateTimeOffset At);
