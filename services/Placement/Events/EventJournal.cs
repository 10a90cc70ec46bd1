using System.Globalization;
using Federation.Contracts.Api;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Placement.Rollouts;
using Federation.Storage;

namespace Federation.Placement.Events;

/// <summary>Writes what happened to workloads, in the same transaction as what happened.</summary>
/// <param name="time">The clock, for people.</param>
/// <param name="chance">Makes the keys unique.</param>
public sealed class EventJournal(TimeProvider time, IChance chance)
{
    /// <summary>The events of one order's change.</summary>
    public IEnumerable<StoreWrite> Of(Assignment after, Assignment? before)
    {
        string where = after.Node is { } node ? $"{after.Cluster}/{node}" : $"{after.Cluster}";
        if (before is null)
        {
            yield return Record(after, "Normal", "Assigned", $"{after.Replicas} to {where}");
            yield break;
        }
        if (before.State != after.State)
        {
            yield return after.State switch
            {
                AssignmentState.Active => Record(after, "Normal", "Resumed", $"{where} carries {after.Replicas} again"),
                AssignmentState.Moving => Record(after, "Normal", "Moving", $"away from {where}: {after.Reason}"),
                AssignmentState.Unreachable => Record(after, "Warning", "Unreachable", $"{before.Replicas} on {where} are placed elsewhere: {after.Reason}"),
                _ => Record(after, "Normal", "Withdrawn", $"from {where}: {after.Reason}"),
            };
        }
        else if (before.Revision != after.Revision)
        {
            yield return Record(after, "Normal", "Updating", $"{where} to revision {after.Revision}");
        }
        else if (before.Replicas != after.Replicas)
        {
            yield return Record(after, "Normal", "Scaled", $"{where} from {before.Replicas} to {after.Replicas}");
        }
    }

    /// <summary>The events of a rollout's step.</summary>
    public IEnumerable<StoreWrite> Of(WorkloadKey workload, Rollout? before, Rollout after)
    {
        if (after.Completion is { } completion && completion != before?.Completion)
            yield return Record(workload, "Normal", "Completed", string.Create(CultureInfo.InvariantCulture, $"all {completion.Replicas} replicas ended with exit code 0"));
        if (after.Failure is { } failure && failure != before?.Failure)
            yield return Record(workload, "Warning", failure.Action == FailureAction.Undo ? "RolloutUndone" : "RolloutFailed", RolloutSteps.Line(failure, after.Established));
        else if (after.Trial is { } trial && trial.Revision != before?.Trial?.Revision)
            yield return Record(workload, "Normal", "RolloutStarted", $"revision {trial.Number}");
        else if (after.Established is { } established && established.Revision != before?.Established?.Revision)
            yield return Record(workload, "Normal", "RolloutComplete", $"revision {established.Number} runs everywhere");
    }

    /// <summary>A workload's share on a lost target is given up.</summary>
    public StoreWrite Left(WorkloadKey workload, string where, int replicas, string why) =>
        Record(workload, "Warning", "Evicted", string.Create(CultureInfo.InvariantCulture, $"{replicas} on {where} are to run elsewhere: {why}"));

    /// <summary>Work that is due to leave has to wait for its turn.</summary>
    public StoreWrite LeavesSlowly(TenantId tenant, string why, int waiting) =>
        Record(tenant, "Plane placement", "Warning", "EvictionsLimited", string.Create(CultureInfo.InvariantCulture, $"{why}; {waiting} shares wait for their turn"));

    /// <summary>What was given up runs elsewhere.</summary>
    public StoreWrite Recovered(WorkloadKey workload, int replicas, IEnumerable<string> lost, TimeSpan took) =>
        Record(workload, "Normal", "Recovered", string.Create(CultureInfo.InvariantCulture, $"all {replicas} replicas are ready without {string.Join(", ", lost)}, {took.TotalSeconds:0.0} s after it was given up"));

    /// <summary>A node has stopped a singleton of its own, since its lease had ended.</summary>
    /// <param name="replica">As its node tells of it.</param>
    /// <param name="mark">Ends the event's key.</param>
    public StoreWrite LeaseEnded(ReplicaObservation replica, string mark) => Record(replica.Workload.Tenant, Subject(replica.Workload), "Warning", "LeaseEnded", string.Create(CultureInfo.InvariantCulture,
        $"{replica.Id} was stopped by its node {Where(replica)} at {replica.FencedAt:HH:mm:ss}Z: the node's lease had ended, since Health had not renewed it, and another may be started elsewhere after that"), mark);

    /// <summary>A singleton that its node had stopped runs there again.</summary>
    /// <param name="replica">As its node tells of it.</param>
    /// <param name="mark">Ends the event's key.</param>
    public StoreWrite BegunAnew(ReplicaObservation replica, string mark) => Record(replica.Workload.Tenant, Subject(replica.Workload), "Normal", "BegunAnew", string.Create(CultureInfo.InvariantCulture,
        $"{replica.Id} was started anew by its node {Where(replica)} at {replica.StartedAt:HH:mm:ss}Z, under a new lease"), mark);

    /// <summary>What had to leave a lost cluster returns to it.</summary>
    public StoreWrite Returns(WorkloadKey workload, string why) => Record(workload, "Normal", "FailingBack", $"its replicas return: {why}");

    /// <summary>A person gave data up whose home is gone for good.</summary>
    public StoreWrite DataGivenUp(WorkloadKey workload, string what, string by) => Record(workload, "Warning", "DataGivenUp", $"{what} are given up by {by}: it may start elsewhere, with them empty");

    private StoreWrite Record(Assignment order, string type, string reason, string message) => Record(order.Workload, type, reason, message);

    private StoreWrite Record(WorkloadKey workload, string type, string reason, string message) =>
        Record(workload.Tenant, Subject(workload), type, reason, message);

    private StoreWrite Record(TenantId tenant, string subject, string type, string reason, string message, string? mark = null)
    {
        DateTimeOffset now = time.GetUtcNow();
        var record = new EventRecord(now, type, reason, subject, message, 1, "placement");
        return PlacementState.Put(Kinds.Event, $"{tenant}/{now.UtcTicks:D20}-{mark ?? chance.NextUid()[..8]}", record);
    }

    private static string Subject(WorkloadKey workload) => $"Workload {workload.Namespace}/{workload.Name}";

    private static string Where(ReplicaObservation replica) => replica.Node is { } node ? $"{replica.Cluster}/{node}" : replica.Cluster.Value;
}
