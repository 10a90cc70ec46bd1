using Federation.Domain.Identifiers;

namespace Federation.Placement.Rollouts;

/// <summary>The rules under which the next step of a workload's orders is taken.</summary>
public sealed record RolloutAdvice
{
    /// <summary>Why the revision that is being handed out has failed; null while it has not.</summary>
    public string? Failure { get; init; }

    /// <summary>Orders whose replicas of it are proven.</summary>
    public IReadOnlySet<AssignmentId> Proven { get; init; } = new HashSet<AssignmentId>();

    /// <summary>Whether nothing is handed out.</summary>
    public bool Paused { get; init; }

    /// <summary>The clusters' ranks; null where their order is free.</summary>
    public IReadOnlyDictionary<ClusterId, int>? ClusterRanks { get; init; }

    /// <summary>The clusters that are on record as done.</summary>
    public IReadOnlySet<string> ClustersDone { get; init; } = new HashSet<string>();

    /// <summary>Whether the pause between clusters runs.</summary>
    public bool BetweenClusters { get; init; }

    /// <summary>When time alone may change this.</summary>
    public TimeSpan? LookAgain { get; init; }
}
