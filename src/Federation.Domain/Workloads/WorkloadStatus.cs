namespace Federation.Domain.Workloads;

/// <summary>What became of a workload; never input.</summary>
public sealed record WorkloadStatus
{
    /// <summary>The generation the rest speaks of.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>The template revision being rolled out.</summary>
    public string? Revision { get; init; }

    /// <summary>Replicas desired in all.</summary>
    public int Desired { get; init; }

    /// <summary>Replicas assigned to clusters.</summary>
    public int Assigned { get; init; }

    /// <summary>Replicas ready, of any revision.</summary>
    public int Ready { get; init; }

    /// <summary>Replicas of the newest revision.</summary>
    public int Updated { get; init; }

    /// <summary>Replicas of the newest revision that are ready.</summary>
    public int UpdatedReady { get; init; }

    /// <summary>One word: Pending, Progressing, Ready, Completed (it ran to its end by design), Degraded, Stranded, Paused (a rollout is), Undone and Failed (a rollout was, did; or one ended with a failure and is not restarted), Deleting.</summary>
    public string Phase { get; init; } = "Pending";

    /// <summary>A sentence for a person: what is missing and what would help.</summary>
    public string? Message { get; init; }

    /// <summary>What it had in clusters that it had to leave and is to have there again, and when; null if there is nothing.</summary>
    public string? Displaced { get; init; }

    /// <summary>Replicas by cluster.</summary>
    public IReadOnlyList<WorkloadClusterStatus>? Clusters { get; init; }

    /// <summary>How far the declared template has come.</summary>
    public WorkloadRollout? Rollout { get; init; }
}
