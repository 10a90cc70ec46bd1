using Federation.Domain.Observation;

namespace Federation.Health.Verdicts;

/// <summary>What the rules say of a node or cluster at one moment.</summary>
/// <param name="State">The judgement.</param>
/// <param name="Reason">Why, for a person; the same text as long as nothing changed but the time.</param>
/// <param name="LeaseEnded">Whether every lease that may have been granted has surely ended.</param>
/// <param name="Evidence">What it rests on, with the moment's times.</param>
/// <param name="NextChange">When, if nothing more is seen, the judgement may become another; null if never.</param>
public sealed record Judgement(VerdictState State, string Reason, bool LeaseEnded, IReadOnlyList<string> Evidence, TimeSpan? NextChange);
