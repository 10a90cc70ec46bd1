using System.ComponentModel.DataAnnotations;
using Federation.Domain.Quantities;

namespace Federation.Domain.Workloads;

/// <summary>How a new template replaces the old, counted over all clusters.</summary>
public sealed record UpdateStrategy
{
    /// <summary>Replicas that may run above the desired number: 0 to 1000, or a share such as <c>25%</c> (rounded up). With 0, <see cref="MaxUnavailable"/> must be above 0. One replica a machine (container.mode global) has no room for another: there it counts as 0.</summary>
    public ReplicaShare MaxSurge { get; init; } = 1;

    /// <summary>Replicas that may be missing: 0 to 1000, or a share such as <c>25%</c> (rounded down).</summary>
    public ReplicaShare MaxUnavailable { get; init; }

    /// <summary>Clusters one after another, by name or by label (<c>region=eu</c>), the first first; all others come after them. Left out, the order is the plane's.</summary>
    public IReadOnlyList<string>? ClusterOrder { get; init; }

    /// <summary>Seconds between the end of one cluster's update and the beginning of the next one's, 0 to 86400. Above 0, clusters are updated one after another.</summary>
    [Range(0, 86400)]
    public int PauseBetweenClustersSeconds { get; init; }

    /// <summary>
    /// Seconds for which a new replica serves beside the older ones before one of them is given up for it, 0 to 3600; ten requests answered well
    /// end it sooner. Where no traffic flows at all it is kept once a rollout.
    /// </summary>
    [Range(0, 3600)]
    public int ObserveSeconds { get; init; } = 3;

    /// <summary>The share of requests, 0 to 1, that the new template may fail (answers of 500 and above, broken connections) beyond what the old one fails meanwhile.</summary>
    [Range(0d, 1d)]
    public double MaxFailureRatio { get; init; } = 0.1;

    /// <summary>Seconds until a rollout that makes no progress counts as failed, 1 to 86400.</summary>
    [Range(1, 86400)]
    public int ProgressDeadlineSeconds { get; init; } = 600;

    /// <summary>What a failed rollout does.</summary>
    public FailureAction OnFailure { get; init; } = FailureAction.Undo;

    /// <summary>Hands out no new template while true; what runs goes on.</summary>
    public bool Paused { get; init; }
}
