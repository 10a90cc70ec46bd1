using Federation.Domain.Assignments;
using Federation.Domain.Observation;

namespace Federation.Scheduling;

/// <summary>What is so: the planner's second argument. The order of the lists never matters.</summary>
public sealed record ObservedState
{
    /// <summary>Nodes as their agents report them.</summary>
    public required IReadOnlyList<NodeObservation> Nodes { get; init; }

    /// <summary>Health's judgements, of clusters and of nodes. A target without one is Unknown.</summary>
    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    /// <summary>The orders given so far, in every state.</summary>
    public required IReadOnlyList<Assignment> Assignments { get; init; }

    /// <summary>Replicas observed.</summary>
    public required IReadOnlyList<ReplicaObservation> Replicas { get; init; }

    /// <summary>
    /// Targets whose loss the policy's toleration no longer covers, judged by the planner loop's monotonic clock: the workload's key and the lost
    /// cluster (and node). Only these may lose their share; everything else that is not Ready keeps it.
    /// </summary>
    public required IReadOnlySet<ToleratedLoss> TolerationsEnded { get; init; }
}
