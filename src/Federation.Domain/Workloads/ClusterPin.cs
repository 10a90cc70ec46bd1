using System.ComponentModel.DataAnnotations;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>
/// How many of a workload's replicas a person wants in one cluster, beside what the policy says; <c>fedctl move</c> writes it. The planner honours it as far as
/// the cluster may take them and has room.
/// </summary>
[MergeKey(nameof(Cluster))]
public sealed record ClusterPin
{
    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>At least so many, 1 to 100000; all of them if neither this nor <see cref="AtMost"/> is given.</summary>
    [Range(1, 100000)]
    public int? AtLeast { get; init; }

    /// <summary>At most so many while others have room, 0 to 100000.</summary>
    [Range(0, 100000)]
    public int? AtMost { get; init; }

    /// <summary>The least number wanted there, out of a desired one.</summary>
    public int Least(int desired) => Math.Min(desired, AtLeast ?? (AtMost is null ? desired : 0));
}
