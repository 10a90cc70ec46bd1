using System.Globalization;
using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using Federation.Placement.Documents;
using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>The planner's two arguments, made from the documents of one moment.</summary>
/// <param name="Desired">What is wanted, of workloads whose references resolve.</param>
/// <param name="Observed">What is so.</param>
/// <param name="NextToleration">When the next toleration ends, or the next workload may leave, from now; null if none waits for it.</param>
public sealed record PlanInputs(DesiredState Desired, ObservedState Observed, TimeSpan? NextToleration)
{
    /// <summary>The shares that were let go of in this collection.</summary>
    public IReadOnlyList<DueLoss> Left { get; init; } = [];

    /// <summary>How fast work leaves what is lost.</summary>
    public EvictionPace Pace { get; init; } = new(null, 0, 0);

    /// <summary>How many shares wait for their turn to leave.</summary>
    public int Waiting { get; init; }

    /// <summary>Collects the inputs.</summary>
    public static PlanInputs Collect(PlacementState state, ObservedWorld observed, WorkloadResolver resolver, TolerationClock tolerations)
    {
        var planned = new List<PlannedWorkload>();
        foreach (Workload workload in state.Workloads)
        {
            if (workload.Metadata.DeletionRequestedAt is null && resolver.Resolve(workload) is ResolvedWorkload.Complete complete)
                planned.Add(complete.Planned);
        }
        TimeSpan? next = null;
        var due = new List<DueLoss>();
        TargetLoss[] lost = [.. tolerations.Lost()];
        HashSet<ToleratedLoss> held = lost.Length == 0 ? [] : Held(state);
        foreach (PlannedWorkload workload in lost.Length == 0 ? [] : planned)
        {
            FailoverRule rule = workload.Policy.Failover;
            if (!rule.Enabled || workload.Completed) continue;
            foreach (TargetLoss target in lost)
            {
                TimeSpan tolerated = Tolerated(rule, target.Agreed);
                TimeSpan left = tolerated - target.For;
                if (left <= TimeSpan.Zero) due.Add(Due(workload, target, held, Why(rule, target, tolerated)));
                else if (next is null || left < next) next = left;
            }
        }
        due.Sort(static (a, b) =>
        {
            int order = b.Priority.CompareTo(a.Priority);
            if (order == 0) order = string.CompareOrdinal(a.Loss.Workload.ToString(), b.Loss.Workload.ToString());
            return order != 0 ? order : string.CompareOrdinal($"{a.Loss.Cluster}/{a.Loss.Node}", $"{b.Loss.Cluster}/{b.Loss.Node}");
        });
        EvictionPace pace = lost.Length == 0 ? new EvictionPace(null, 0, 0) : EvictionPace.Of(observed.Verdicts, planned.Count);
        Release release = tolerations.Release(due, pace);
        if (release.Next is { } turn && (next is null || turn < next)) next = turn;
        return new(
            new DesiredState { Clusters = [.. state.Clusters], Workloads = planned },
            new ObservedState
            {
                Nodes = WithoutAdopted(state, planned, observed),
                Verdicts = [.. observed.Verdicts],
                Assignments = [.. state.Assignments.Select(placed => AsObeyed(placed, observed))],
                Replicas = [.. observed.Replicas],
                TolerationsEnded = release.Released,
            },
            next)
        {
            Left = release.Fresh,
            Pace = pace,
            Waiting = release.Waiting,
        };
    }

    /// <summary>How long a loss is tolerated: as written down; else not at all where independent witnesses agree, and for the usual time where one alone says so.</summary>
    public static TimeSpan Tolerated(FailoverRule rule, bool agreed) =>
        TimeSpan.FromSeconds(rule.TolerationSeconds ?? (agreed ? 0 : FailoverRule.UsualTolerationSeconds));

    // Where a target obeys an order, what is seen there is all that is left of the order before.
    private static Assignment AsObeyed(PlacedAssignment placed, ObservedWorld observed)
    {
        Assignment order = placed.Order;
        return order.MayStillRun > 0 && observed.At(order.Cluster, order.Node)?.AppliedRevision >= placed.Revision ? order with { MayStillRun = 0 } : order;
    }

    // What an adopted service takes is the workload's own, also before its agent has taken it over: else it would find no room where it runs. One that has gone elsewhere takes nothing there.
    private static IReadOnlyList<NodeObservation> WithoutAdopted(PlacementState state, List<PlannedWorkload> planned, ObservedWorld observed)
    {
        Cluster[] adopting = [.. state.Clusters.Where(static cluster => cluster.Spec.Adoptions is { Count: > 0 })];
        if (adopting.Length == 0) return [.. observed.Nodes];
        Dictionary<WorkloadKey, PlannedWorkload> byKey = planned.ToDictionary(static workload => workload.Key);
        var taken = new Dictionary<string, ResourceAmount>(StringComparer.Ordinal);
        foreach (Cluster cluster in adopting)
        {
            string name = cluster.Metadata.Name;
            foreach (Adoption adoption in cluster.Spec.Adoptions!)
            {
                if (!byKey.TryGetValue(adoption.Workload, out PlannedWorkload? workload) || observed.ReplicasOf(adoption.Workload).Any(replica => replica.Cluster.Value == name)) continue;
                PlacedAssignment[] orders = [.. state.AssignmentsOf(workload.Uid)];
                if (orders.Length > 0 && orders.All(placed => placed.Order.Cluster.Value != name)) continue;
                taken[name] = taken.GetValueOrDefault(name) + ((workload.Spec.Template.Resources?.Reserved ?? ResourceAmount.Zero) * (workload.Spec.Replicas ?? 1));
            }
        }
        return [.. observed.Nodes.Select(node => taken.TryGetValue(node.Cluster.Value, out ResourceAmount adopted) ? node with { Foreign = ResourceAmount.Larger(node.Foreign - adopted, ResourceAmount.Zero) } : node)];
    }

    // What is ordered to run, by node and by cluster.
    private static HashSet<ToleratedLoss> Held(PlacementState state)
    {
        var held = new HashSet<ToleratedLoss>();
        foreach (Assignment order in state.Assignments.Select(static placed => placed.Order))
        {
            if (order.Replicas == 0 || order.State is not (AssignmentState.Active or AssignmentState.Moving)) continue;
            held.Add(new(order.Workload, order.Cluster, order.Node));
            held.Add(new(order.Workload, order.Cluster, null));
        }
        return held;
    }

    private static DueLoss Due(PlannedWorkload workload, TargetLoss target, HashSet<ToleratedLoss> held, string why)
    {
        var loss = new ToleratedLoss(workload.Key, target.Cluster, target.Node);
        return new(loss, workload.Policy.Priority, held.Contains(loss), why);
    }

    private static string Why(FailoverRule rule, TargetLoss target, TimeSpan tolerated) => (rule.TolerationSeconds, target.Agreed) switch
    {
        (null, true) => "independent witnesses agree that it is lost",
        (null, false) => string.Create(CultureInfo.InvariantCulture, $"it is unreachable, and the usual toleration of {tolerated.TotalSeconds:0} s has ended"),
        _ => string.Create(CultureInfo.InvariantCulture, $"it is lost, and the toleration of {tolerated.TotalSeconds:0} s that is written down has ended"),
    };
}
