using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Storage;
using Simulation.Tests.Disk;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>Holds the world against the design's invariants whenever something durable, running or served has changed.</summary>
public sealed class Checker
{
    private readonly Simulator _simulator;
    private readonly SimulatedPlane _plane;
    private readonly SortedDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly HashSet<(string Key, string Uid)> _removed = [];
    private readonly OrderHistory _orders;
    private readonly MoveCheck _moves;
    private readonly RunCheck _runs;
    private readonly TableCheck _table;
    private long _checkedRevision;

    public Checker(Simulator simulator, SimulatedPlane plane)
    {
        _simulator = simulator;
        _plane = plane;
        _orders = new OrderHistory(simulator);
        _moves = new MoveCheck(simulator, plane);
        _runs = new RunCheck(simulator, plane, _orders);
        _table = new TableCheck(simulator, plane, _orders);
        simulator.AtRest = Check;
    }

    /// <summary>The API acknowledged this write: it is on the disk by now.</summary>
    public void Acknowledged(string key, long revision)
    {
        _acknowledged[key] = Math.Max(revision, _acknowledged.GetValueOrDefault(key));
        if (_plane.PlacementDisk.Revision < revision)
            _simulator.Break(new InvariantBroken(Invariant.AcknowledgedWrites, $"{key} at revision {revision} was acknowledged when the disk was at {_plane.PlacementDisk.Revision}"));
    }

    /// <summary>The API acknowledged the removal of the workload with this uid: it is gone by now, or on its way out.</summary>
    public void Removed(string key, string uid)
    {
        _removed.Add((key, uid));
    }

    /// <summary>Plans the world as it is in two orders of the input.</summary>
    public void PlanIsAFunctionNow()
    {
        if (_plane.Door is { Process: { Alive: true, Paused: false } } door && door.Health.Current.Known) PlanCheck.IsAFunction(door, _simulator);
    }

    private void Check()
    {
        _table.Check();
        SimulatedDisk disk = _plane.PlacementDisk;
        if (disk.Revision == _checkedRevision) return;
        _checkedRevision = disk.Revision;
        AcknowledgedWritesAreThere(disk);
        RemovedStaysRemoved(disk);
        Assignment[] orders = [.. disk.OfKind(Kinds.Assignment).Select(PlacementState.Read<Assignment>)];
        ClaimsStayBelowDesiredAndSurge(disk, orders);
        NothingIsOvercommitted(orders);
        _moves.Check(disk, _orders.Present, orders);
        RolloutCheck.Check(disk, _orders.Present, orders);
        _orders.Remember(orders);
    }

    // 1. A write acknowledged by the API survives the loss of any process at any instant.
    private void AcknowledgedWritesAreThere(SimulatedDisk disk)
    {
        foreach ((string key, long revision) in _acknowledged)
        {
            if (disk.Revision < revision) throw new InvariantBroken(Invariant.AcknowledgedWrites, $"{key} at revision {revision} is lost: the disk is at {disk.Revision}");
            if (disk.Find(new DocumentKey(Kinds.Workload, key)) is { } document && document.Revision < revision)
                throw new InvariantBroken(Invariant.AcknowledgedWrites, $"{key} is at revision {document.Revision}, below the acknowledged {revision}");
        }
    }

    private void RemovedStaysRemoved(SimulatedDisk disk)
    {
        foreach ((string key, string uid) in _removed)
        {
            if (disk.Find(new DocumentKey(Kinds.Workload, key)) is { } document && PlacementState.Read<Workload>(document).Metadata is { DeletionRequestedAt: null } metadata
                && metadata.Uid == uid)
                throw new InvariantBroken(Invariant.AcknowledgedWrites, $"{key}, whose removal was acknowledged, is there again");
        }
    }

    // 2. Active and Moving replicas never rise above the desired number plus the surge. (They fall below a lowered one step by step.)
    private void ClaimsStayBelowDesiredAndSurge(SimulatedDisk disk, Assignment[] orders)
    {
        foreach (IGrouping<WorkloadKey, Assignment> workload in orders.GroupBy(order => order.Workload))
        {
            int claimed = Claimed(workload);
            if (disk.Find(new DocumentKey(Kinds.Binding, workload.Key.ToString())) is not { } bound) continue;
            if (disk.Find(new DocumentKey(Kinds.Workload, workload.Key.ToString())) is not { } declared) continue;
            WorkloadSpec spec = PlacementState.Read<Workload>(declared).Spec;
            int desired = Math.Max(PlacementState.Read<Binding>(bound).Shares.Sum(share => share.Replicas), spec.Replicas ?? 1);
            int surge = spec.Singleton ? 0 : spec.Update.MaxSurge.Up(desired);
            int before = Claimed(_orders.Present.Values.Where(order => order.Workload == workload.Key));
            if (claimed > before && claimed > desired + surge)
                throw new InvariantBroken(Invariant.DesiredPlusSurge, $"{workload.Key} has {claimed} replicas ordered, desired are {desired} with a surge of {surge}");
        }
    }

    private static int Claimed(IEnumerable<Assignment> orders) =>
        orders.Where(order => order.State is AssignmentState.Active or AssignmentState.Moving).Sum(order => order.Replicas + order.Surge);

    // 6. No decision overcommits: what is ordered on a node fits it, and where something is added, also what still runs there on its way out.
    // (A surge in flight is counted where it is handed out.)
    private void NothingIsOvercommitted(Assignment[] orders)
    {
        foreach (SimulatedMachine machine in _plane.Machines)
        {
            Assignment[] here = [.. orders.Where(order => order.NodeKey == machine.Key)];
            bool raised = here.Any(order => order.Replicas > (_orders.Present.GetValueOrDefault(order.Id)?.Replicas ?? 0));
            ResourceAmount taken = ResourceAmount.Zero;
            foreach (Assignment order in here)
            {
                bool holds = order.State is AssignmentState.Active or AssignmentState.Moving;
                int replicas = holds ? order.Replicas : raised ? machine.Running.Count(replica => replica.Record.Assignment == order.Id) : 0;
                taken += (order.Template.Resources?.Reserved ?? ResourceAmount.Zero) * replicas;
            }
            if (taken.Cpu.Value > machine.Allocatable.Cpu.Value || taken.Memory.Value > machine.Allocatable.Memory.Value)
                throw new InvariantBroken(Invariant.NoOvercommit, $"{machine.Key} has {taken.Cpu} ordered or still running of {machine.Allocatable.Cpu}: "
                    + string.Join(", ", here.Select(order => $"{order.Workload.Name} {order.State} {order.Replicas} ({machine.Running.Count(replica => replica.Record.Assignment == order.Id)} run)")));
        }
    }
}
