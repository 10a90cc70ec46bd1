using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Storage;
using Simulation.Tests.Disk;

namespace Simulation.Tests.Invariants;

/// <summary>
/// 5. A bad version goes no further: nothing is handed out while the rollout is paused, nothing that is on record as failed, and what is on trial is
/// tried by one order at a time.
/// </summary>
public static class RolloutCheck
{
    /// <summary>Holds the newest step of the orders against the rule.</summary>
    public static void Check(SimulatedDisk disk, IReadOnlyDictionary<AssignmentId, Assignment> before, Assignment[] orders)
    {
        foreach (Assignment order in orders)
        {
            if (order.State != AssignmentState.Active) continue;
            // One that was withdrawn has ended and a new one is there, both between two looks: it begins with what any new order would, and replaces nothing.
            Assignment? was = before.GetValueOrDefault(order.Id) is { State: not AssignmentState.Withdrawn } one ? one : null;
            bool handedOut = was is not null && was.Revision != order.Revision;
            if (!handedOut && (was?.Trial == true || !order.Trial)) continue;
            if (disk.Find(new DocumentKey(Kinds.Workload, order.Workload.ToString())) is not { } declared) continue;
            Workload workload = PlacementState.Read<Workload>(declared);
            if (workload.Metadata.Uid != order.WorkloadUid) continue;
            // The step was decided under the generation that it names.
            if (handedOut && workload.Spec.Update.Paused && workload.Metadata.Generation == order.Generation)
                throw new InvariantBroken(Invariant.NoFurther, $"{order.Id} was given revision {order.Revision} though the rollout of {order.Workload} is paused");
            Rollout? rollout = disk.Find(new DocumentKey(Kinds.Rollout, order.Workload.ToString())) is { } record ? PlacementState.Read<Rollout>(record) : null;
            if (handedOut && rollout?.WorkloadUid == order.WorkloadUid && rollout.Failure?.Revision == order.Revision)
                throw new InvariantBroken(Invariant.NoFurther, $"{order.Id} was given revision {order.Revision}, which has failed: {rollout.Failure.Reason}");
            Assignment? other = orders.FirstOrDefault(other => other.Id != order.Id && other.WorkloadUid == order.WorkloadUid && other.State == AssignmentState.Active
                && other.Trial && other.Revision == order.Revision);
            if (order.Trial && other is not null)
                throw new InvariantBroken(Invariant.NoFurther, $"{order.Id} was given revision {order.Revision} on trial while {other.Id} still tries it");
        }
    }
}
