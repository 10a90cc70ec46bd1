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
}
