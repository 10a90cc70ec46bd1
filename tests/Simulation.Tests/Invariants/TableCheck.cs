using Federation.Domain.Identifiers;
using Federation.Gateway.Tables;
using Federation.Routing.Tables;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>
/// 3. What is not known is not absent: the gateway lets go of a replica that answers only where an order asked that it ends, whatever has restarted
/// or lost contact.
/// </summary>
public sealed class TableCheck(Simulator simulator, SimulatedPlane plane, OrderHistory orders)
{
    // What the gateway hears may be so old: it tells of an earlier end of a replica that has started again since.
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(90);

    private GatewayTable? _of;
    private RouteTable _last = RouteTable.Empty;
    private Dictionary<ReplicaId, NodeKey> _served = [];

    /// <summary>Compares the newest table with the one before.</summary>
    public void Check()
    {
        if (plane.Table is not { } table || (table == _of && table.Current == _last)) return;
        var served = new Dictionary<ReplicaId, NodeKey>();
        foreach (RoutedService service in table.Current.AllServices())
            foreach (RoutedEndpoint endpoint in service.Endpoints) served[endpoint.Endpoint.Replica] = endpoint.Endpoint.Node;
        // A gateway that was started again begins with what it kept.
        if (table == _of)
        {
            foreach ((ReplicaId id, NodeKey node) in _served)
                if (!served.ContainsKey(id)) WasAskedFor(id, node);
        }
        (_of, _last, _served) = (table, table.Current, served);
    }

    private void WasAskedFor(ReplicaId id, NodeKey node)
    {
        SimulatedMachine machine = plane.Machines.First(machine => machine.Key == node);
        if (machine.FindRunning(id) is not { } replica || replica.ReadyAt > simulator.Time.GetTimestamp() - Lag.Ticks) return;
        int running = machine.Running.Count(r => r.Record.Assignment == replica.Record.Assignment && r.Record.Revision == replica.Record.Revision);
        if (!orders.AskedToEnd(replica, running))
            throw new InvariantBroken(Invariant.UnknownIsNotAbsent, $"the gateway let go of {id} on {node}, which answers and which nothing asked to end");
    }
}
