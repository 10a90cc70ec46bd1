using Federation.Health.Witnesses;

namespace Federation.Health.Verdicts;

/// <summary>The outcome of judging everything anew.</summary>
/// <param name="Changes">Verdicts that changed, in order of their keys.</param>
/// <param name="NextReview">When, if nothing more is seen, a verdict may change; null if never.</param>
public sealed record VerdictReview(IReadOnlyList<VerdictChange> Changes, TimeSpan? NextReview)
{
    /// <summary>Witnesses that say something else than at the last review.</summary>
    public IReadOnlyList<WitnessChange> Witnesses { get; init; } = [];

    /// <summary>The freeze that holds now.</summary>
    public Freeze Freeze { get; init; } = Freeze.None;

    /// <summary>Whether it held the same clusters at the last review.</summary>
    public bool FreezeChanged { get; init; }

    /// <summary>How long Health itself stood still before this review, if it was so long that its peers may have hung up.</summary>
    public TimeSpan? StoodStill { get; init; }
}
