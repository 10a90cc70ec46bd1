using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Routing.Tables;

namespace Federation.Gateway.Tables;

/// <summary>The table that is served, and the signal that it or a way to a node changed. Readers take <see cref="Current"/> without waiting.</summary>
/// <param name="chance">Where rotations begin.</param>
public sealed class GatewayTable(IChance chance)
{
    private readonly RouteTableBuilder _builder = new(chance);
    private RouteTable _current = RouteTable.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The newest table; a request that began with one ends with it.</summary>
    public RouteTable Current => Volatile.Read(ref _current);

    /// <summary>Completes at the next change. Take it before looking, so that no change is missed.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>The way to a node.</summary>
    public NodeReach Reach(NodeKey node) => _builder.Reach(node);

    /// <summary>Says whether a node's tunnel is open. Counts at once, before Health says anything.</summary>
    public void SetConnected(NodeKey node, bool connected)
    {
        Reach(node).Connected = connected;
        Pulse();
    }

    /// <summary>Says whether anything comes out of a node's open tunnel.</summary>
    public void SetStalled(NodeKey node, bool stalled)
    {
        Reach(node).Stalled = stalled;
        Pulse();
    }

    /// <summary>Changes the builder and serves what comes of it. One caller at a time.</summary>
    /// <returns>Whether there is a new table.</returns>
    public bool Update(Action<RouteTableBuilder> change)
    {
        RouteTable before = _builder.Current;
        change(_builder);
        RouteTable after = _builder.Commit();
        Volatile.Write(ref _current, after);
        Pulse();
        return !ReferenceEquals(before, after);
    }

    private void Pulse() =>
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
