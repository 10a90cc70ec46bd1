namespace Federation.Health.Verdicts;

/// <summary>That contact with a node is lost.</summary>
/// <param name="Since">The last moment at which it was there.</param>
/// <param name="LostAt">When the suspicion ends: from then on it is lost.</param>
/// <param name="CertainAt">When it counts as lost for certain, where witnesses are to agree.</param>
/// <param name="Reason">How it was lost, for a person.</param>
public sealed record ContactLoss(TimeSpan Since, TimeSpan LostAt, TimeSpan CertainAt, string Reason);
