namespace Federation.Engine.Swarm;

/// <summary>How an update is carried out, or undone.</summary>
public sealed record ServiceUpdateConfig
{
    /// <summary>How many tasks at once; 0 for all.</summary>
    public ulong Parallelism { get; init; }

    /// <summary>The pause between them, in nanoseconds.</summary>
    public long Delay { get; init; }

    /// <summary><c>pause</c>, <c>continue</c> or <c>rollback</c>.</summary>
    public string? FailureAction { get; init; }

    /// <summary>How long a new task is watched, in nanoseconds.</summary>
    public long Monitor { get; init; }

    /// <summary>The share of failures that is borne.</summary>
    public double MaxFailureRatio { get; init; }

    /// <summary><c>stop-first</c> or <c>start-first</c>.</summary>
    public string? Order { get; init; }
}
