namespace Federation.TestKit.Kubernetes.Double;

/// <summary>What a container does when a kubelet of the double starts it.</summary>
public sealed record ContainerPlay
{
    /// <summary>Why its image does not come, as the runtime says it; null if it comes.</summary>
    public string? ImageError { get; init; }

    /// <summary>When it is ready after it began; null for never.</summary>
    public TimeSpan? ReadyAfter { get; init; } = TimeSpan.Zero;

    /// <summary>When it ends by itself; null for never.</summary>
    public TimeSpan? EndsAfter { get; init; }

    /// <summary>With what, if it ends by itself.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why it ended, instead of <c>Completed</c> or <c>Error</c>: <c>OOMKilled</c>.</summary>
    public string? EndReason { get; init; }

    /// <summary>How long it takes to end when it is told to.</summary>
    public TimeSpan EndsWithin { get; init; } = TimeSpan.Zero;

    /// <summary>What it prints when it begins.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];
}
