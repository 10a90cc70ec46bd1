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

    /// <summary>What was written before each replica's present process started, instead of what that writes.</summary>
    public bool Previous { get; init; }

    /// <summary>Only replicas in these clusters; all if empty.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Only replicas on nodes of these names; all if empty.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>Only these replicas; all if empty.</summary>
    public IReadOnlyList<string> Replicas { get; init; } = [];
}
