using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>How a new template replaces the old, counted over all clusters.</summary>
public sealed record UpdateStrategy
{
    /// <summary>Replicas that may run above the desired number, 0 to 1000. With 0, <see cref="MaxUnavailable"/> must be above 0.</summary>
    [Range(0, 1000)]
    public int MaxSurge { get; init; } = 1;

    /// <summary>Replicas that may be missing, 0 to 1000.</summary>
    [Range(0, 1000)]
    public int MaxUnavailable { get; init; }

    /// <summary>Seconds until a rollout that makes no progress counts as stuck, 1 to 86400.</summary>
    [Range(1, 86400)]
    public int ProgressDeadlineSeconds { get; init; } = 600;
}
