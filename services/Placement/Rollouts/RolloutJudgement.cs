using Federation.Domain.Identifiers;

namespace Federation.Placement.Rollouts;

/// <summary>What is thought of a revision on its way.</summary>
/// <param name="Failure">Why it has failed, in one line; null while it has not.</param>
/// <param name="Proven">Orders whose replicas of it have shown that they answer.</param>
/// <param name="LookAgain">When time alone may change this; null if it cannot.</param>
public sealed record RolloutJudgement(string? Failure, IReadOnlySet<AssignmentId> Proven, TimeSpan? LookAgain);
