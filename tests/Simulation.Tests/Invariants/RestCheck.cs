using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Dispatching;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Placement.Status;
using Federation.Routing.Tables;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>What must be so when all faults have healed and the plane has had time: what is decided runs, nothing else does, and a new plan is the old one.</summary>
public static class RestCheck
{
    public static void Verify(SimulatedPlane plane, Simulator simulator)
    {
        PlacementDoor door = plane.Door ?? throw new InvariantBroken(Invariant.Repaired, "Placement does not run");
        var state = new PlacementState(door.Store.Current);
        Assignment[] orders = [.. state.Assignments.Select(placed => placed.Order)];

        foreach (PlacedAssignment placed in state.Assignments)
        {
            if (placed.Order.State != AssignmentState.Active && !WaitsForRoom(placed.Order, state, door))
                throw new InvariantBroken(Invariant.Repaired, $"order {placed.Order.Id} is still {placed.Order.State}: {placed.Order.Reason}; it is of revision {placed.Revision}, {Told(placed.Order, plane, door)}");
        }
        foreach (Workload workload in state.Workloads)
        {
            WorkloadKey key = WorkloadResolver.KeyOf(workload);
            if (workload.Metadata.DeletionRequestedAt is not null) throw new InvariantBroken(Invariant.Repaired, $"{key} is still being removed");
            // Between two of its steps a rollout looks like rest, and so it does when only its end is not on record yet: until it is, what it was granted takes room.
            if (!workload.Spec.Update.Paused && state.Rollout(key)?.Trial is { } trial)
            {
                Assignment[] mine = [.. orders.Where(o => o.WorkloadUid == workload.Metadata.Uid)], going = [.. mine.Where(o => !WaitsForRoom(o, state, door))];
                if (Array.Find(going, o => o.Revision != trial.Revision) is { } behind)
                    throw new InvariantBroken(Invariant.Repaired, $"{key} is still rolled out: order {behind.Id} is of {behind.Revision}, on trial is {trial.Revision}");
                if (mine.Length > 0 && going.Length == mine.Length)
                    throw new InvariantBroken(Invariant.Repaired, $"{key} is rolled out everywhere, and {trial.Revision} is still on trial");
            }
            Binding binding = state.Binding(key) ?? throw new InvariantBroken(Invariant.Repaired, $"{key} has no binding");
            int wanted = binding.Shares.Sum(share => share.Replicas);
            if (wanted + binding.Unplaced != (workload.Spec.Replicas ?? 1))
                throw new InvariantBroken(Invariant.Repaired, $"{key} wants {workload.Spec.Replicas}, but {wanted} are bound and {binding.Unplaced} unplaced");
            foreach (BindingShare share in binding.Shares)
            {
                Assignment? order = orders.FirstOrDefault(o => o.WorkloadUid == workload.Metadata.Uid && o.Cluster == share.Cluster && o.Node == share.Node);
                if (order?.Replicas > share.Replicas && WaitsForRoom(order, state, door)) continue;
                if (order?.Replicas != share.Replicas) throw new InvariantBroken(Invariant.Repaired, $"{key} is bound to {share.Cluster}/{share.Node} with {share.Replicas}, ordered are {order?.Replicas ?? 0}; "
                    + $"bound are {string.Join(" ", binding.Shares.Select(static one => $"{one.Cluster}/{one.Node}={one.Replicas}"))}, ordered {string.Join(" ", orders.Where(o => o.WorkloadUid == workload.Metadata.Uid).Select(static o => $"{o.Cluster}/{o.Node}={o.Replicas} of {o.Revision} surge {o.Surge} missing {o.MayBeUnavailable} trial {o.Trial}"))}; rollout {state.Rollout(key)}");
            }
        }
        var observed = new ObservedWorld(door.Health.Current);
        foreach (SimulatedMachine machine in plane.Machines)
        {
            foreach (Assignment order in orders.Where(order => order.NodeKey == machine.Key))
            {
                // What has ended and is said to run yet takes room in the plan.
                int heard = observed.ReplicasOf(order.Workload).Count(replica => replica.Assignment == order.Id && replica.Running);
                if (heard > order.Replicas) throw new InvariantBroken(Invariant.Repaired, $"of {order.Workload.Name} {order.Id} Placement hears that {heard} run, ordered are {order.Replicas}");
                RunningReplica[] running = [.. machine.Running.Where(replica => replica.Record.Assignment == order.Id)];
                if (running.Length != order.Replicas || running.Any(replica => replica.Record.Revision != order.Revision))
                    throw new InvariantBroken(Invariant.Repaired, $"{machine.Key} runs {running.Length} of {order.Workload.Name} {order.Id} ({string.Join(",", running.Select(r => r.Record.Revision))}; "
                        + $"kept are {string.Join(",", machine.Kept(order.Id).Select(r => $"{r.Revision} attempt {r.Attempt}{(r.Ready ? " ready" : "")}{(r.Retiring ? " retiring" : "")}"))}), "
                        + $"ordered are {order.Replicas} of {order.Revision}, surge {order.Surge}, may be unavailable {order.MayBeUnavailable}, trial {order.Trial}; rollout {state.Rollout(order.Workload)}");
            }
            RunningReplica? stray = machine.Running.FirstOrDefault(replica => orders.All(order => order.Id != replica.Record.Assignment));
            if (stray is not null) throw new InvariantBroken(Invariant.Repaired, $"{machine.Key} still runs {stray.Record.Id} of {stray.Record.Assignment}, which nothing orders");
        }
        KnownCheck.Verify(plane);
        ServedIsWhatRuns(plane, state);
        foreach (Binding binding in state.All<Binding>(Kinds.Binding))
            if (state.Workload(binding.Workload) is null) throw new InvariantBroken(Invariant.Repaired, $"{binding.Workload} is gone and is still bound");
        PlanCheck.IsAFunction(door, simulator);
        PlanCheck.IsSettledAndExplained(door, simulator);
    }

    private static void ServedIsWhatRuns(SimulatedPlane plane, PlacementState state)
    {
        RouteTable table = plane.Table?.Current ?? throw new InvariantBroken(Invariant.Repaired, "the gateway does not run");
        foreach (Workload workload in state.Workloads)
        {
            WorkloadKey key = WorkloadResolver.KeyOf(workload);
            string[] running = [.. plane.Machines.SelectMany(machine => machine.Running).Where(r => r.Record.Workload == key).Select(r => r.Record.Id.Value).Order(StringComparer.Ordinal)];
            RoutedEndpoint[] endpoints = table.FindService(key.ToString()) is { } service ? service.Endpoints.ToArray() : [];
            string[] served = [.. endpoints.Select(e => e.Endpoint.Replica.Value).Order(StringComparer.Ordinal)];
            if (!running.SequenceEqual(served)) throw new InvariantBroken(Invariant.Repaired, $"{key}: {running.Length} run, {served.Length} are served");
        }
    }

    // In a full world a larger version may find no place, and the one before may not be given up for it: then that runs on, and a person is told what it waits for.
    // That there is no place is held against the plan and its explanations.
    private static bool WaitsForRoom(Assignment order, PlacementState state, PlacementDoor door)
    {
        if (order.State == AssignmentState.Withdrawn || state.Binding(order.Workload) is not { Unplaced: > 0 } || state.Workload(order.Workload) is not { } workload) return false;
        return DepartureReader.Held(workload, WorkloadResolver.Of(state, FeedView.Empty).Resolve(workload), state, new ObservedWorld(door.Health.Current))
            .Any(held => held.Id == order.Id && held.Blocked);
    }

    private static string Told(Assignment order, SimulatedPlane plane, PlacementDoor door)
    {
        var observed = new ObservedWorld(door.Health.Current);
        SimulatedMachine machine = plane.Machines.First(machine => machine.Key == order.NodeKey);
        return $"its node obeys {observed.Node(machine.Key)?.AppliedRevision} and is {observed.Verdict(order.Cluster, order.Node)?.State}; of it "
            + $"{observed.ReplicasOf(order.Workload).Count(replica => replica.Assignment == order.Id && replica.Running)} are said to run and {machine.Running.Count(replica => replica.Record.Assignment == order.Id)} do";
    }
}
