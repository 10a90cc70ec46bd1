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
/// for those who need it if it was so at any time of the last moments, and for those who give it up only if it was so all that time. One that
/// drains was given up by an earlier step.
/// </summary>
public sealed class MoveCheck(Simulator simulator, SimulatedPlane plane)
{
    private static readonly TimeSpan Moments = TimeSpan.FromSeconds(45);

    private readonly Dictionary<WorkloadKey, (int Wanted, int Placed)> _totals = [];

    /// <summary>Holds the newest step of each workload's orders against the rule.</summary>
    public void Check(SimulatedDisk disk, IReadOnlyDictionary<AssignmentId, Assignment> before, Assignment[] orders)
    {
        foreach (IGrouping<WorkloadKey, Assignment> workload in orders.GroupBy(order => order.Workload))
        {
            if (disk.Find(new DocumentKey(Kinds.Binding, workload.Key.ToString())) is not { } bound) continue;
            if (disk.Find(new DocumentKey(Kinds.Workload, workload.Key.ToString())) is not { } declared) continue;
            // What found no place is wanted all the same: it is no reason to give up what runs.
            Binding binding = PlacementState.Read<Binding>(bound);
            int placed = binding.Shares.Sum(share => share.Replicas), total = placed + binding.Unplaced;
            (int wantedBefore, int placedBefore) = _totals.GetValueOrDefault(workload.Key, (total, placed));
            _totals[workload.Key] = (total, placed);
            Workload spec = PlacementState.Read<Workload>(declared);
            // The template in effect decides, and after a version that failed that is an earlier one than the declared.
            bool stopsFirst = spec.Spec.Singleton || spec.Spec.Template.Volumes is { Count: > 0 } || workload.Any(static order => order.Template.Volumes is { Count: > 0 });
            if (stopsFirst || spec.Metadata.DeletionRequestedAt is not null || workload.Any(order => order.WorkloadUid != spec.Metadata.Uid)) continue;

            int byRollout = Math.Max(spec.Spec.Update.MaxSurge.Up(total) == 0 ? 1 : 0, spec.Spec.Update.MaxUnavailable.Down(total));
            int byMove = spec.Spec.Disruption?.LeastReady(total) is { } least ? total - least : byRollout;
            Assignment[] mine = [.. workload], earlier = [.. mine.Select(order => before.GetValueOrDefault(order.Id)).OfType<Assignment>()];
            if (mine.Any(order => before.TryGetValue(order.Id, out Assignment? was) && order.Replicas < was.Replicas))
                Hold(mine, earlier, Math.Min(total, wantedBefore) - byMove, static order => order.Replicas);
            // What a rollout was granted is as good as given up. It would never end where it waited for those that find no place, so that only what is placed counts.
            if (mine.Any(order => before.TryGetValue(order.Id, out Assignment? was) && (order.Replicas < was.Replicas || order.MayBeUnavailable > was.MayBeUnavailable)))
                Hold(mine, earlier, Math.Min(placed, placedBefore) - Math.Max(byMove, byRollout), static order => order.Replicas - order.MayBeUnavailable);
        }
    }

    private void Hold(Assignment[] orders, Assignment[] before, int needed, Func<Assignment, int> keeps)
    {
        int serve = orders.Where(Holds).Sum(order => Math.Min(keeps(order), Ready(order, throughout: false)));
        int served = before.Where(was => Holds(was) && orders.First(order => order.Id == was.Id).State != AssignmentState.Unreachable)
            .Sum(was => Math.Min(keeps(was), Ready(was, throughout: true)));
        if (serve < needed && serve < served)
            throw new InvariantBroken(Invariant.ReadyFirst, $"{orders[0].Workload} gave up ready replicas: {served} served, {serve} do after the step, {needed} are needed");
    }

    private static bool Holds(Assignment order) => order.State is AssignmentState.Active or AssignmentState.Moving;

    private int Ready(Assignment order, bool throughout)
    {
        if (plane.Machines.FirstOrDefault(machine => machine.Key == order.NodeKey) is not { } machine) return 0;
        long now = simulator.Time.GetTimestamp(), since = now - Moments.Ticks;
        return throughout
            ? machine.Running.Count(replica => replica.Record.Assignment == order.Id && replica.ReadyAt <= since && !machine.Retires(replica.Record.Id))
            : machine.AliveSince(since).Where(replica => replica.Record.Assignment == order.Id && replica.ReadyAt <= now).Select(replica => replica.Record.Id).Distinct().Count();
    }
}
