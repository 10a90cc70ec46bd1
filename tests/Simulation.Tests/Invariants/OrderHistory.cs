using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>Placement's durable orders, as they are and as they were.</summary>
public sealed class OrderHistory(Simulator simulator)
{
    private static readonly TimeSpan OrdersMayLag = TimeSpan.FromMinutes(3);

    private readonly Dictionary<AssignmentId, List<(long Until, Assignment? Order)>> _history = [];
    private readonly Dictionary<AssignmentId, Assignment> _present = [];

    /// <summary>The orders as of the last look.</summary>
    public IReadOnlyDictionary<AssignmentId, Assignment> Present => _present;

    /// <summary>Whether an order of the last minutes asks that a replica ends, where so many of its revision run.</summary>
    public bool AskedToEnd(RunningReplica replica, int running)
    {
        AssignmentId id = replica.Record.Assignment;
        long since = simulator.Time.GetTimestamp() - OrdersMayLag.Ticks;
        return Asks(_present.GetValueOrDefault(id), replica, running)
            || (_history.TryGetValue(id, out var past) && past.Any(entry => entry.Until >= since && Asks(entry.Order, replica, running)));
    }

    /// <summary>Takes over what is durable now.</summary>
    public void Remember(Assignment[] orders)
    {
        long now = simulator.Time.GetTimestamp();
        var ids = orders.ToDictionary(order => order.Id);
        foreach ((AssignmentId id, Assignment order) in _present.ToArray())
        {
            if (ids.TryGetValue(id, out Assignment? next) && ReferenceEquals(next, order)) continue;
            if (!_history.TryGetValue(id, out var past)) _history[id] = past = [];
            past.Add((now, order));
            _present.Remove(id);
        }
        foreach (Assignment order in orders)
        {
            if (!_present.ContainsKey(order.Id) && _history.TryGetValue(order.Id, out var past) && past.Count == 0) past.Add((now, null));
            _present[order.Id] = order;
        }
    }

    private static bool Asks(Assignment? order, RunningReplica replica, int running) =>
        order is null || order.State == AssignmentState.Withdrawn || order.Revision != replica.Record.Revision || order.Replicas < running;
}
