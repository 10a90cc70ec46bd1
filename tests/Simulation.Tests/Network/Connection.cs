using Simulation.Tests.Engine;

namespace Simulation.Tests.Network;

/// <summary>One connection: two ordered directions with delays of their own.</summary>
public sealed class Connection(
    SimulatedNetwork network, Simulator simulator, (string Host, SimulatedProcess Process) client, (string Host, SimulatedProcess Process) server)
{
    private readonly Direction _toServer = new();
    private readonly Direction _toClient = new();
    private IReceiver? _clientEnd;
    private IReceiver? _serverEnd;
    private ITimer? _keepalive;

    public bool Broken { get; private set; }

    internal void Join(IReceiver clientEnd, IReceiver serverEnd)
    {
        _clientEnd = clientEnd;
        _serverEnd = serverEnd;
        PathChanged();
    }

    /// <summary>The process at the other end.</summary>
    public SimulatedProcess PeerOf(bool isClient) => isClient ? server.Process : client.Process;

    public bool Has(SimulatedProcess process) => client.Process == process || server.Process == process;

    /// <summary>Takes a message for delivery.</summary>
    public void Send(bool fromClient, object? message)
    {
        if (Broken) return;
        Direction direction = fromClient ? _toServer : _toClient;
        int delay = simulator.Chance.Next(50) == 0 ? simulator.Chance.Next(400) : 1 + simulator.Chance.Next(4);
        delay += fromClient ? network.Slowness(client.Host, server.Host) : network.Slowness(server.Host, client.Host);
        long due = Math.Max(direction.LastDue, simulator.Time.GetTimestamp() + (delay * TimeSpan.TicksPerMillisecond));
        direction.LastDue = due;
        direction.Queue.Enqueue((due, message));
        Schedule(fromClient);
    }

    /// <summary>Ends the connection: each side still gets what was on its way up to a point, then the break.</summary>
    public void Break(string reason, TimeSpan after)
    {
        if (Broken) return;
        Broken = true;
        _keepalive?.Dispose();
        network.Forget(this);
        Finish(_toServer, _serverEnd, reason, after, Cut(client.Host, server.Host));
        Finish(_toClient, _clientEnd, reason, after, Cut(server.Host, client.Host));
    }

    /// <summary>A path was cut or mended, or a peer stands still or goes on.</summary>
    public void PathChanged()
    {
        if (Broken) return;
        bool silent = Cut(client.Host, server.Host) || Cut(server.Host, client.Host) || client.Process.Paused || server.Process.Paused;
        if (silent && _keepalive is null)
        {
            TimeSpan limit = SimulatedNetwork.KeepaliveLimit + TimeSpan.FromMilliseconds(simulator.Chance.Next(500));
            _keepalive = simulator.Time.CreateTimer(_ => Break("no answer to keepalive", TimeSpan.Zero), null, limit, Timeout.InfiniteTimeSpan);
        }
        else if (!silent)
        {
            _keepalive?.Dispose();
            _keepalive = null;
            Schedule(true);
            Schedule(false);
        }
    }

    private bool Cut(string from, string to) => network.IsCut(from, to);

    private void Schedule(bool fromClient)
    {
        Direction direction = fromClient ? _toServer : _toClient;
        if (direction.Scheduled || direction.Queue.Count == 0) return;
        if (fromClient ? Cut(client.Host, server.Host) : Cut(server.Host, client.Host)) return;
        direction.Scheduled = true;
        TimeSpan wait = TimeSpan.FromTicks(Math.Max(0, direction.Queue.Peek().Due - simulator.Time.GetTimestamp()));
        simulator.Time.CreateTimer(_ => Deliver(fromClient), null, wait, Timeout.InfiniteTimeSpan);
    }

    private void Deliver(bool fromClient)
    {
        Direction direction = fromClient ? _toServer : _toClient;
        direction.Scheduled = false;
        if (Broken || direction.Queue.Count == 0) return;
        if (fromClient ? Cut(client.Host, server.Host) : Cut(server.Host, client.Host)) return;
        (fromClient ? _serverEnd : _clientEnd)!.Arrived(direction.Queue.Dequeue().Message);
        Schedule(fromClient);
    }

    private void Finish(Direction direction, IReceiver? end, string reason, TimeSpan after, bool cut)
    {
        int arrives = cut ? 0 : simulator.Chance.Next(direction.Queue.Count + 1);
        for (int i = 0; i < arrives; i++) end!.Arrived(direction.Queue.Dequeue().Message);
        direction.Queue.Clear();
        if (after <= TimeSpan.Zero) end!.Lost(reason);
        else simulator.Time.CreateTimer(_ => end!.Lost(reason), null, after, Timeout.InfiniteTimeSpan);
    }

    private sealed class Direction
    {
        public Queue<(long Due, object? Message)> Queue { get; } = new();

        public long LastDue { get; set; }

        public bool Scheduled { get; set; }
    }
}
