namespace Federation.Client;

/// <summary>Which lines of a workload's output are meant.</summary>
public sealed record LogQuery
{
    /// <summary>Go on with new lines until cancelled.</summary>
    public bool Follow { get; init; }

    /// <summary>Only the last lines of each replica; all that are kept if null.</summary>
    public int? Tail { get; init; }

    /// <summary>Only lines since then.</summary>
    public DateTimeOffset? Since { get; init; }
}
