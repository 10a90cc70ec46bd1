using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Rollouts;

/// <summary>Everything that the judgement of a revision on its way depends on.</summary>
public sealed record RolloutInput
{
    /// <summary>How it is updated.</summary>
    public required UpdateStrategy Update { get; init; }

    /// <summary>The revision that is judged.</summary>
    public required TemplateRevision Revision { get; init; }

    /// <summary>The workload's orders.</summary>
    public required IReadOnlyList<Assignment> Orders { get; init; }

    /// <summary>What is known of their targets.</summary>
    public required IReadOnlyList<TargetView> Targets { get; init; }

    /// <summary>What gateways saw the workload's replicas answer since the revision's rollout began.</summary>
    public required IReadOnlyList<ReplicaTraffic> Traffic { get; init; }

    /// <summary>For how long replicas of the revision have been ready, by order.</summary>
    public required IReadOnlyDictionary<AssignmentId, TimeSpan> ReadyFor { get; init; }

    /// <summary>For how long nothing has become better.</summary>
    public required TimeSpan Quiet { get; init; }
}
