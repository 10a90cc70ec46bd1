using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>How a cluster that replaces replicas by itself does so.</summary>
public sealed record ContainerUpdate
{
    /// <summary>How many at once; 0 for all.</summary>
    [Range(0, 100000)]
    public int Parallelism { get; init; } = 1;

    /// <summary>Seconds between one group and the next.</summary>
    [Range(0d, 86400d)]
    public double DelaySeconds { get; init; }

    /// <summary>Seconds for which a new replica is watched for failure.</summary>
    [Range(0d, 86400d)]
    public double? MonitorSeconds { get; init; }

    /// <summary>What happens when too many fail.</summary>
    public ContainerFailureAction FailureAction { get; init; }

    /// <summary>The share of replicas that may fail, 0 to 1.</summary>
    [Range(0d, 1d)]
    public double MaxFailureRatio { get; init; }

    /// <summary>Whether the old one stops first, or the new one starts first.</summary>
    public UpdateOrder Order { get; init; }
}
