using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Storage;
using Simulation.Tests.Disk;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>
/// 5. A move gives up the old replicas only when the new ones are ready. What decisions rest on is seen late, so that a replica counts as ready
/// for those who need it if it was so at any time of the last moments, and for those who give it up only if it was so all that time.
/// </summary>
public sealed class MoveCheck(Simulator simulator, SimulatedPlane plane)
{
    private static readonly TimeSpan Moments = TimeSpan.FromSeconds(45);

    private readonly Dictionary<WorkloadKey, int> _totals = [];

    /// <summary>Holds the newest step of each workload's orders against the rule.</summary>
    public void Check(SimulatedDisk disk, IReadOnlyDictionary<AssignmentId, Assignment> before, Assignment[] orders)
    {
        foreach (IGrouping<WorkloadKey, Assignment> workload in orders.GroupBy(order => order.Workload))
        {
            if (disk.Find(new DocumentKey(Kinds.Binding, workload.Key.ToString())) is not { } bound) continue;
            if (disk.Find(new DocumentKey(Kinds.Workload, workload.Key.ToString())) is not { } declared) continue;
            // What found no place is wanted all the same: it is no reason to give up what runs.
            Binding binding = PlacementState.Read<Binding>(bound);
            int total = binding.Shares.Sum(share => share.Replicas) + binding.Unplaced;
            int needed = Math.Min(total, _totals.GetValueOrDefault(workload.Key, total));
            _totals[workload.Key] = total;
            Workload spec = PlacementState.Read<Workload>(declared);
            bool stopsFirst = spec.Spec.Singleton || spec.Spec.Template.Volumes is { Count: > 0 };
            if (stopsFirst || spec.Metadata.DeletionRequestedAt is not null || workload.Any(order => order.WorkloadUid != spec.Metadata.Uid)) continue;
            if (!workload.Any(order => before.TryGetValue(order.Id, out Assignment? was) && order.Replicas < was.Replicas)) continue;

            if (spec.Spec.Disruption?.LeastReady(total) is { } least) needed -= total - least;
            else needed -= Math.Max(spec.Spec.Update.MaxSurge.Up(total) == 0 ? 1 : 0, spec.Spec.Update.MaxUnavailable.Down(total));
            int serve = workload.Where(Holds).Sum(order => Math.Min(order.Replicas, Ready(order, throughout: false)));
            int served = workload.Where(order => order.State != AssignmentState.Unreachable)
                .Select(order => before.GetValueOrDefault(order.Id)).OfType<Assignment>().Where(Holds)
                .Sum(order => Math.Min(order.Replicas, Ready(order, throughout: true)));
            if (serve < needed && serve < served)
                throw new InvariantBroken(Invariant.ReadyFirst, $"{workload.Key} gave up ready replicas: {served} served, {serve} do after the step, {needed} are needed");
        }
    }

    private static bool Holds(Assignment order) => order.State is AssignmentState.Active or AssignmentState.Moving;

    private int Ready(Assignment order, bool throughout)
    {
        if (plane.Machines.FirstOrDefault(machine => machine.Key == order.NodeKey) is not { } machine) return 0;
        long now = simulator.Time.GetTimestamp(), since = now - Moments.Ticks;
        return throughout
            ? machine.Running.Count(replica => replica.Record.Assignment == order.Id && replica.ReadyAt <= since)
            : machine.AliveSince(since).Where(replica => replica.Record.Assignment == order.Id && replica.ReadyAt <= now).Select(replica => replica.Record.Id).Distinct().Count();
    }
}
