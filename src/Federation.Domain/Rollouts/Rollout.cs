
namespace Federation.Domain.Rollouts;

/// <summary>
/// How far a workload's templates have come: what last ran everywhere, what is on its way, and what failed. The dispatch loop's own record
/// beside the declared state, which stays the user's.
/// </summary>
public sealed record Rollout
{
    /// <summary>The workload's uid: a workload made again under the same name has another rollout.</summary>
    public required string WorkloadUid { get; init; }

    /// <summary>The version that last ran everywhere; null before the first one does.</summary>
    public RolloutVersion? Established { get; init; }

    /// <summary>The version that is being handed out; null while none is.</summary>
    public RolloutTrial? Trial { get; init; }

    /// <summary>The version that failed last; null once a later one runs everywhere.</summary>
    public RolloutFailure? Failure { get; init; }

    /// <summary>That it ran to its end by design; null while it has not.</summary>
    public WorkloadCompletion? Completion { get; init; }
}
