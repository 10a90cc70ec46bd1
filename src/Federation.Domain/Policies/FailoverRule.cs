using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Policies;

/// <summary>When work leaves a lost cluster.</summary>
public sealed record FailoverRule
{
    /// <summary>Whether work moves at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Seconds a cluster may be unreachable before its work moves, 0 to 86400.</summary>
    [Range(0, 86400)]
    public int TolerationSeconds { get; init; } = 30;
}
