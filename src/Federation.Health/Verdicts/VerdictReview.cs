namespace Federation.Health.Verdicts;

/// <summary>The outcome of judging everything anew.</summary>
/// <param name="Changes">Verdicts that changed, in order of their keys.</param>
/// <param name="NextReview">When, if nothing more is seen, a verdict may change; null if never.</param>
public sealed record VerdictReview(IReadOnlyList<VerdictChange> Changes, TimeSpan? NextReview);
