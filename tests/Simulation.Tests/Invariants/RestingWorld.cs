using Federation.Domain.Assignments;
using Federation.Placement.Documents;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>A world that has come to rest: its orders and the processes that carry them out.</summary>
public sealed class RestingWorld
{
    private readonly string[] _things;

    private RestingWorld(string[] things) => _things = things;

    /// <summary>The world as it is now.</summary>
    public static RestingWorld Of(SimulatedPlane plane) => new([.. Things(plane)]);

    /// <summary>Nothing that was at rest has moved since, though nothing was asked for: no order has changed, no process has started or ended.</summary>
    public void HasNotMoved(SimulatedPlane plane)
    {
        string[] now = [.. Things(plane)];
        string[] gone = [.. _things.Except(now)], come = [.. now.Except(_things)];
        if (gone.Length + come.Length > 0)
            throw new InvariantBroken(Invariant.Settled, $"the world was at rest and moved though nothing was asked for: {string.Join(", ", gone)} became {string.Join(", ", come)}");
    }

    private static IEnumerable<string> Things(SimulatedPlane plane)
    {
        foreach (Assignment order in plane.PlacementDisk.OfKind(Kinds.Assignment).Select(PlacementState.Read<Assignment>))
            yield return $"{order.Id}: {order.State}, {order.Replicas} of {order.Revision}";
        foreach (SimulatedMachine machine in plane.Machines)
            foreach (RunningReplica replica in machine.Running) yield return $"{replica.Record.Id} attempt {replica.Record.Attempt} on {machine.Key}";
    }
}
