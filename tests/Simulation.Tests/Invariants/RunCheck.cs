using Federation.Adapters;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>What agents do to processes: what they start, and what they end.</summary>
public sealed class RunCheck
{
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(45);

    // Between the decision to drain and the end of the drain lie a write and a step of the agent beside the drain itself.
    private static readonly TimeSpan DecisionLag = TimeSpan.FromSeconds(1);

    private readonly Simulator _simulator;
    private readonly SimulatedPlane _plane;
    private readonly OrderHistory _orders;
    private readonly Dictionary<WorkloadKey, SimulatedMachine> _homes = [];

    public RunCheck(Simulator simulator, SimulatedPlane plane, OrderHistory orders)
    {
        (_simulator, _plane, _orders) = (simulator, plane, orders);
        foreach (SimulatedMachine machine in plane.Machines)
        {
            machine.Stopping = (m, replica) => Run(() => OnStopping(m, replica));
            machine.Started = (m, replica) => Run(() => OnStarted(m, replica));
        }
    }

    // The agent's own code stands between: it must not take the failure for one of its own.
    private void Run(Action check)
    {
        try
        {
            check();
        }
        catch (InvariantBroken broken)
        {
            _simulator.Break(broken);
        }
    }

    private void OnStarted(SimulatedMachine machine, RunningReplica replica)
    {
        if (replica.Record.Singleton) IsAlone(replica);
        if (replica.Record.Template.Volumes is { Count: > 0 }) DataIsHere(machine, replica);
        IsWithinItsOrder(machine, replica);
    }

    // 2. A singleton never has two live holders.
    private void IsAlone(RunningReplica replica)
    {
        (SimulatedMachine Machine, RunningReplica Replica)[] holders =
            [.. _plane.Machines.SelectMany(m => m.Running.Where(r => r.Record.Workload == replica.Record.Workload).Select(r => (m, r)))];
        if (holders.Length > 1)
            throw new InvariantBroken(Invariant.OneHolder, $"{replica.Record.Workload} runs on {string.Join(" and ", holders.Select(h => h.Machine.Key))}");
    }

    // 5. A volume's data is where it was first used, and work does not move away from it by itself.
    private void DataIsHere(SimulatedMachine machine, RunningReplica replica)
    {
        SimulatedMachine home = _homes.TryGetValue(replica.Record.Workload, out SimulatedMachine? known) ? known : _homes[replica.Record.Workload] = machine;
        if (home != machine) throw new InvariantBroken(Invariant.DataStays, $"{replica.Record.Workload} starts on {machine.Key}, its data is on {home.Key}");
    }

    // 2. No more run than the agent's orders of the last moments allow.
    private void IsWithinItsOrder(SimulatedMachine machine, RunningReplica replica)
    {
        AssignmentId id = replica.Record.Assignment;
        int running = machine.Running.Count(r => r.Record.Assignment == id);
        int allowed = machine.OrdersSince(id, _simulator.Time.GetTimestamp() - Recent.Ticks)
            .Select(entry => entry.Desired is { Assignment: var order } ? order.Replicas + order.Surge : 0).DefaultIfEmpty(0).Max();
        if (running > allowed) throw new InvariantBroken(Invariant.DesiredPlusSurge, $"{machine.Key} runs {running} of {id}, its orders allow {allowed}");
    }

    private void OnStopping(SimulatedMachine machine, RunningReplica replica)
    {
        if (replica.Record.Singleton || replica.ReadyAt > _simulator.Time.GetTimestamp()) return;
        WasAskedFor(machine, replica);
        SuccessorsAreReady(machine, replica);
    }

    // 3. Nothing is ended because of lost contact, of a partial listing or of a restart of ours: there was an order that asked for it.
    private void WasAskedFor(SimulatedMachine machine, RunningReplica replica)
    {
        AssignmentId id = replica.Record.Assignment;
        int running = machine.Running.Count(r => r.Record.Assignment == id && r.Record.Revision == replica.Record.Revision);
        if (!_orders.AskedToEnd(replica, running))
            throw new InvariantBroken(Invariant.OrderedEnds, $"{replica.Record.Id} of {id} on {machine.Key} was stopped, though nothing asked for it");
    }

    // 5. A rollout inside one order: a replica is drained only while enough others are ready.
    private void SuccessorsAreReady(SimulatedMachine machine, RunningReplica replica)
    {
        if (replica.StoppingSince is not null) return;
        long now = _simulator.Time.GetTimestamp();
        long drain = TimeSpan.FromSeconds(replica.Record.Template.DrainSeconds).Ticks;
        AssignmentId id = replica.Record.Assignment;
        (long Since, DesiredAssignment? Desired)[] orders = [.. machine.OrdersSince(id, now - drain - DecisionLag.Ticks)];
        bool known = orders.Length == 1 && now - machine.AgentSteadySince > drain + Steady.Ticks && replica.ReadyAt < now - drain - Steady.Ticks;
        if (!known || orders[0].Desired?.Assignment is not { State: AssignmentState.Active } order || order.Revision == replica.Record.Revision) return;
        int others = machine.AliveSince(now - Recent.Ticks).Count(other => other.Record.Assignment == id && other.Record.Id != replica.Record.Id
            && other.StoppingSince is null && other.ReadyAt <= now - drain);
        if (others < order.Replicas - order.MayBeUnavailable)
            throw new InvariantBroken(Invariant.ReadyFirst, $"{replica.Record.Id} of {id} on {machine.Key} was stopped for its successor when {others} others were ready, ordered are {order.Replicas}"
                + $" (surge {order.Surge}, may be unavailable {order.MayBeUnavailable}, trial {order.Trial}, drained in {replica.Record.Template.DrainSeconds} s): " + string.Join(", ", machine.AliveSince(now - Recent.Ticks)
                    .Where(other => other.Record.Assignment == id).Select(other => Told(other, now))));
    }

    private static string Told(RunningReplica replica, long now) =>
        $"{replica.Record.Id} of {replica.Record.Revision} ready {new TimeSpan(now - replica.ReadyAt).TotalSeconds:0.0} s ago{(replica.StoppingSince is null ? "" : " and stopping")}";
}
