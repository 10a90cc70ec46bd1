using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Policies;

/// <summary>When work leaves a lost cluster.</summary>
public sealed record FailoverRule
{
    /// <summary>Seconds that a loss is tolerated which one witness alone tells of, unless another number is written down.</summary>
    public const int UsualTolerationSeconds = 30;

    /// <summary>Whether work moves at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Seconds a cluster may be lost before its work moves, 0 to 86400. Left out: at once where independent witnesses agree that it is lost
    /// (NotReady), 30 where one alone says so (Unreachable). Written down, it holds for both.
    /// </summary>
    [Range(0, 86400)]
    public int? TolerationSeconds { get; init; }

    /// <summary>Whether work returns once the cluster is back. It returns in a move: new replicas are ready before old ones end, and budgets are kept.</summary>
    public Failback Failback { get; init; } = Failback.Never;

    /// <summary>For <c>failback: automatic</c>: seconds for which the cluster must have been ready without a break, 0 to 86400.</summary>
    [Range(0, 86400)]
    public int FailbackAfterSeconds { get; init; } = 300;
}
