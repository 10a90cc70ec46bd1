namespace Federation.Domain.Workloads;

/// <summary>How a new template replaces the old, counted over all clusters.</summary>
public sealed record UpdateStrategy
{
    /// <summary>Replicas that may run above the desired number, 0 to 1000. With 0, <see cref="MaxUnavailable"/> must be above 0.</summary>
    public int MaxSurge { get; init; } = 1;

    /// <summary>Replicas that may be missing, 0 to 1000.</summary>
    public int MaxUnavailable { get; init; }

    /// <summary>Seconds until a rollout that makes no progress counts as stuck.</summary>
    public int ProgressDeadlineSeconds { get; init; } = 600;
}
