using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>The planner's two arguments, made from the documents of one moment.</summary>
/// <param name="Desired">What is wanted, of workloads whose references resolve.</param>
/// <param name="Observed">What is so.</param>
/// <param name="NextToleration">When the next toleration ends, from now; null if none runs.</param>
public sealed record PlanInputs(DesiredState Desired, ObservedState Observed, TimeSpan? NextToleration)
{
    /// <summary>Collects the inputs.</summary>
    public static PlanInputs Collect(PlacementState state, ObservedWorld observed, WorkloadResolver resolver, TolerationClock tolerations)
    {
        var planned = new List<PlannedWorkload>();
        foreach (Workload workload in state.Workloads)
        {
            if (workload.Metadata.DeletionRequestedAt is null && resolver.Resolve(workload) is ResolvedWorkload.Complete complete)
                planned.Add(complete.Planned);
        }
        var ended = new HashSet<ToleratedLoss>();
        TimeSpan? next = null;
        foreach ((ClusterId cluster, NodeId? node, TimeSpan lostFor) in tolerations.Lost())
        {
            foreach (PlannedWorkload workload in planned)
            {
                if (!workload.Policy.Failover.Enabled) continue;
                TimeSpan left = TimeSpan.FromSeconds(workload.Policy.Failover.TolerationSeconds) - lostFor;
                if (left <= TimeSpan.Zero) ended.Add(new(workload.Key, cluster, node));
                else if (next is null || left < next) next = left;
            }
        }
        return new(
            new DesiredState { Clusters = [.. state.Clusters], Workloads = planned },
            new ObservedState
            {
                Nodes = [.. observed.Nodes],
                Verdicts = [.. observed.Verdicts],
                Assignments = [.. state.Assignments.Select(placed => placed.Order)],
                Replicas = [.. observed.Replicas],
                TolerationsEnded = ended,
            },
            next);
    }
}
