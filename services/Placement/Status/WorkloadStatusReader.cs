using System.Globalization;
using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Moving;
using Federation.Placement.Planning;
using Federation.Placement.Rollouts;
using Federation.Scheduling;
using Federation.Storage;

namespace Federation.Placement.Status;

/// <summary>Tells what became of a workload, from the decision, the orders and what is observed now.</summary>
public sealed class WorkloadStatusReader(IStore store, FeedFollower health, FeedFollower material, TimeProvider time)
{
    /// <summary>The status at this moment.</summary>
    public WorkloadStatus Read(Workload workload)
    {
        var state = new PlacementState(store.Current);
        var observed = new ObservedWorld(health.Current);
        WorkloadKey key = WorkloadResolver.KeyOf(workload);
        ResolvedWorkload resolved = WorkloadResolver.Of(state, material.Current).Resolve(workload);
        TemplateRevision? revision = (resolved as ResolvedWorkload.Complete)?.Revision;
        Binding? binding = state.Binding(key) is { } b && b.WorkloadUid == workload.Metadata.Uid ? b : null;
        Assignment[] orders = [.. state.AssignmentsOf(workload.Metadata.Uid ?? "").Select(placed => placed.Order)];
        Assignment[] counted = [.. orders.Where(order => order.State is AssignmentState.Active or AssignmentState.Moving)];
        ReplicaObservation[] replicas = [.. observed.ReplicasOf(key).Where(replica =>
            observed.Verdict(replica.Cluster, replica.Node)?.State.IsDoubtful() != true)];
        ReplicaObservation[] updated = [.. replicas.Where(replica => replica.Running && replica.Revision == revision)];
        var status = new WorkloadStatus
        {
            ObservedGeneration = binding?.Generation ?? 0,
            Revision = revision?.Value,
            Desired = DesiredBy(workload, binding),
            Assigned = counted.Sum(order => order.Replicas),
            Ready = replicas.Count(replica => replica.State == ReplicaState.Ready),
            Updated = updated.Length,
            UpdatedReady = updated.Count(replica => replica.State == ReplicaState.Ready),
            Clusters = [.. orders.GroupBy(order => order.Cluster).OrderBy(group => group.Key).Select(group => new WorkloadClusterStatus(
                group.Key.Value,
                group.Sum(order => order.Replicas),
                replicas.Count(replica => replica.Cluster == group.Key && replica.State == ReplicaState.Ready),
                group.Select(order => StateOf(order, binding, observed)).FirstOrDefault(static state => state is not null),
                updated.Count(replica => replica.Cluster == group.Key && replica.State == ReplicaState.Ready)))],
        };
        // What was told to stop in a place that is gone for good will never answer: nobody waits for it.
        Assignment[] awaited = [.. orders.Where(order => order.State != AssignmentState.Withdrawn || state.Cluster(order.Cluster.Value)?.Spec.IsConfirmedLost(order.Node) != true
            || observed.Verdict(order.Cluster, order.Node)?.State.IsInContact() == true)];
        (string phase, string? message) = Phase(workload, resolved, binding, status, awaited, replicas);
        if (phase == "Progressing" && DepartureReader.Held(workload, resolved, state, observed) is [var held, ..])
        {
            Assignment at = orders.First(order => order.Id == held.Id);
            message = $"{message}; {(at.Node is { } node ? $"{at.Cluster}/{node}" : at.Cluster.Value)} waits: {held.Reason}";
        }
        status = status with { Phase = phase, Message = message, Displaced = Displaced(workload, resolved, binding, state) };
        return resolved is ResolvedWorkload.Complete complete
            ? status with { Rollout = RolloutStatusReader.Read(workload, complete, state.NewestNumber(key), status, time.GetUtcNow()) }
            : status;
    }

    /// <summary>How many replicas are wanted in all: what is declared, as the planner divided it once it has.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="binding">The decision for this workload's uid; null if there is none.</param>
    public static int DesiredBy(Workload workload, Binding? binding) => binding is not null && binding.Generation == workload.Metadata.Generation
        ? binding.Shares.Sum(static share => share.Replicas) + binding.Unplaced
        : workload.Spec.Replicas ?? 1;

    private static string? Displaced(Workload workload, ResolvedWorkload resolved, Binding? binding, PlacementState state)
    {
        if (binding is null || resolved is not ResolvedWorkload.Complete { Planned: var planned } || state.Displacement(planned.Key) is not { } displacement || displacement.WorkloadUid != planned.Uid) return null;
        LostHome[] missing = FailbackRules.Missing(displacement, binding, new DesiredState { Clusters = [.. state.Clusters], Workloads = [] });
        if (missing.Length == 0) return null;
        string homes = string.Join(", ", missing.Select(static home => $"{home.Replicas} in {home.Cluster}"));
        FailoverRule rule = planned.Policy.Failover;
        return rule.Failback switch
        {
            Failback.Automatic => $"it had {homes}, and returns once that has been ready for {rule.FailbackAfterSeconds} s and has room",
            Failback.Manual => $"it had {homes}; when that is ready: fedctl failback {workload.Metadata.Name}",
            _ => null,
        };
    }

    // The order of a lost holder stays as it was, for nobody can tell it anything; what it is, is stranded.
    private static string? StateOf(Assignment order, Binding? binding, ObservedWorld observed) => order.State != AssignmentState.Active ? order.State.ToString()
        : binding?.Stranded is not null && observed.Verdict(order.Cluster, order.Node)?.State.IsLost() == true ? "Stranded"
        : null;

    // What a budget holds back, or what has just been decided, runs well in a place that it is to leave.
    private static bool IsWhereDecided(Assignment order, Binding binding) => order.State != AssignmentState.Active
        || binding.Shares.Any(share => share.Cluster == order.Cluster && share.Node == order.Node && share.Replicas == order.Replicas);

    private (string Phase, string? Message) Phase(
        Workload workload, ResolvedWorkload resolved, Binding? binding, WorkloadStatus status, Assignment[] orders, ReplicaObservation[] replicas)
    {
        if (workload.Metadata.DeletionRequestedAt is not null)
            return ("Deleting", orders.Length == 0 ? null : $"waiting for {orders.Length} assignments to end");
        if (resolved is ResolvedWorkload.Unresolved unresolved) return ("Pending", unresolved.Reason);
        if (!health.IsFresh(Loops.PlannerLoop.HealthSilence)) return (status.Ready > 0 ? "Progressing" : "Pending", $"Health is silent, so nothing is decided; what runs goes on{(workload.Spec.Singleton ? ", a singleton as long as its node's lease lasts" : "")}");
        if (binding is null || binding.Generation != workload.Metadata.Generation) return ("Pending", "no placement has been decided yet");
        // What a lost target had is placed elsewhere: the workload need not wait for its return.
        bool settled = orders.All(order => order.State == AssignmentState.Unreachable || (order.State == AssignmentState.Active && order.Revision.Value == status.Revision))
            && status.Assigned == status.Desired && status.UpdatedReady == status.Desired && status.Ready == status.Desired && orders.All(order => IsWhereDecided(order, binding));
        if (resolved is ResolvedWorkload.Complete { Failure: { } failure, Rollout: { } rollout })
        {
            string line = RolloutSteps.Line(failure, rollout.Established);
            return failure.Action == FailureAction.Pause ? ("Failed", line) : ("Undone", settled ? line : $"{line} ({status.UpdatedReady} of {status.Desired} replicas are back)");
        }
        if (resolved is ResolvedWorkload.Complete { Completion: { } completion })
            return ("Completed", string.Create(CultureInfo.InvariantCulture, $"all {completion.Replicas} replicas ended with exit code 0, the last at {completion.At:yyyy-MM-dd HH:mm:ss}Z"));
        if (RolloutRules.EndedBadly(replicas.Where(replica => replica.Revision.Value == status.Revision)) is { } ended)
            return ("Failed", $"{ended}; run it anew with: fedctl rollout restart {workload.Metadata.Name}");
        if (binding.Stranded is { } stranded) return ("Stranded", stranded);
        if (binding.Unplaced > 0)
            return (status.Ready > 0 ? "Degraded" : "Pending", $"{binding.Unplaced} of {status.Desired} replicas found no place; see: fedctl explain workload {workload.Metadata.Name}");
        if (settled) return ("Ready", null);
        if (workload.Spec.Update.Paused && orders.Any(order => order.Revision.Value != status.Revision))
            return ("Paused", $"the rollout is paused; go on with: fedctl rollout resume {workload.Metadata.Name}");
        ReplicaObservation? failing = replicas.FirstOrDefault(replica => replica.State is ReplicaState.BackOff or ReplicaState.Unready)
            ?? replicas.FirstOrDefault(replica => replica.Message is not null && replica.State != ReplicaState.Ready);
        string where = failing is null ? "" : failing.Node is { } node ? $" on {failing.Cluster}/{node}" : $" on {failing.Cluster}";
        return ("Progressing", failing is null
            ? $"{status.UpdatedReady} of {status.Desired} replicas are ready"
            : $"{status.UpdatedReady} of {status.Desired} replicas are ready; one{where}: {failing.Message ?? failing.LastEnd ?? failing.State.ToString()}");
    }
}
