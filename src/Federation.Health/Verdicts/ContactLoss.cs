namespace Federation.Health.Verdicts;

/// <summary>That contact with a node is lost.</summary>
/// <param name="Since">The last moment at which it was there.</param>
/// <param name="NotReadyAt">When the suspicion ends.</param>
/// <param name="Reason">How it was lost, for a person.</param>
public sealed record ContactLoss(TimeSpan Since, TimeSpan NotReadyAt, string Reason);
