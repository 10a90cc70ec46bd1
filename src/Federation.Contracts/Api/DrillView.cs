namespace Federation.Contracts.Api;

/// <summary>A drill, and what it showed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Cluster">The cluster that is, or was, treated as lost.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndsAt">When it is over at the latest.</param>
/// <param name="StartedBy">Who began it.</param>
/// <param name="EndedAt">When it was over; null while it goes on.</param>
/// <param name="EndedBy">Who ended it; null where its time had come.</param>
public sealed record DrillView(string Id, string Cluster, DateTimeOffset StartedAt, DateTimeOffset EndsAt, string StartedBy, DateTimeOffset? EndedAt, string? EndedBy)
{
    /// <summary>From the cut to the verdict that the cluster is lost.</summary>
    public double? DetectedAfterSeconds { get; init; }

    /// <summary>Replicas that were ready in the cluster when it was cut off.</summary>
    public int ReplicasLost { get; init; }

    /// <summary>From the cut until all that may move was ready elsewhere.</summary>
    public double? ReplacedAfterSeconds { get; init; }

    /// <summary>The most that orders asked of a node above what it has, in thousandths of a core.</summary>
    public long MostOvercommittedCpuMillis { get; init; }

    /// <summary>The same, in bytes of memory.</summary>
    public long MostOvercommittedMemoryBytes { get; init; }

    /// <summary>Workloads that did not move, each with its reason.</summary>
    public IReadOnlyList<string> Stranded { get; init; } = [];

    /// <summary>Requests that the gateway answered at its ingress in that time; null where it does not know.</summary>
    public long? Requests { get; init; }

    /// <summary>Those of them that it answered with 500 or above.</summary>
    public long? FailedRequests { get; init; }

    /// <summary>Whether a part of the time was not seen.</summary>
    public bool Partial { get; init; }
}
