using Federation.Domain.Clusters;

namespace Federation.Scheduling;

/// <summary>What users and operators want: the planner's first argument. The order of the lists never matters.</summary>
public sealed record DesiredState
{
    /// <summary>The registered clusters.</summary>
    public required IReadOnlyList<Cluster> Clusters { get; init; }

    /// <summary>The workloads, each with its policy resolved.</summary>
    public required IReadOnlyList<PlannedWorkload> Workloads { get; init; }
}
