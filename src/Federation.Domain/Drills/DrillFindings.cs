namespace Federation.Domain.Drills;

/// <summary>What a drill showed.</summary>
public sealed record DrillFindings
{
    /// <summary>From the cut to the verdict that the cluster is lost; null if there was none.</summary>
    public double? DetectedAfterSeconds { get; init; }

    /// <summary>Replicas that were ready in the cluster when it was cut off.</summary>
    public int ReplicasLost { get; init; }

    /// <summary>From the cut until every workload that lost some, and may move, had all its replicas ready elsewhere; null if it did not come to that.</summary>
    public double? ReplacedAfterSeconds { get; init; }

    /// <summary>The most that orders asked of a node above what it has, at any moment, in thousandths of a core.</summary>
    public long MostOvercommittedCpuMillis { get; init; }

    /// <summary>The same, in bytes of memory.</summary>
    public long MostOvercommittedMemoryBytes { get; init; }

    /// <summary>Workloads that did not move, each with its reason.</summary>
    public IReadOnlyList<string> Stranded { get; init; } = [];

    /// <summary>Whether a part of the time was not seen, because Placement started anew in it.</summary>
    public bool Partial { get; init; }
}
