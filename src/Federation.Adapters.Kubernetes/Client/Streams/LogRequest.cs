namespace Federation.Adapters.Kubernetes.Client.Streams;

/// <summary>Which of a container's output is wanted.</summary>
internal sealed record LogRequest
{
    /// <summary>Needed where a pod has several.</summary>
    public string? Container { get; init; }

    /// <summary>Stays open for what comes, until the container's run ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Of the run before.</summary>
    public bool Previous { get; init; }

    /// <summary>A time before each line, and inside long ones: <see cref="LogStream.LinesAsync"/> takes those out.</summary>
    public bool Timestamps { get; init; }

    /// <summary>So many of the last lines; 0 for those alone that come.</summary>
    public long? TailLines { get; init; }

    /// <summary>From this time on. To go on after a break: the last time seen, leaving out the lines that have been.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>No more than this; may end within a line.</summary>
    public long? LimitBytes { get; init; }
}
