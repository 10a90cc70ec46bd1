using Federation.Contracts.V1;
using Federation.Grpc.Streams;
using Google.Protobuf;
using Simulation.Tests.Engine;

namespace Simulation.Tests.Network;

/// <summary>
/// The network between processes: named listeners, ordered streams with changing delays, connections that break, hosts that are cut off in
/// one direction or both. What a broken connection still carried is lost, from a point that the seed picks. As with TCP and its keepalive,
/// a cut that lasts breaks the connection, and each side learns of it at its own time.
/// </summary>
public sealed class SimulatedNetwork(Simulator simulator)
{
    /// <summary>A connection over a cut path breaks after this long without anything arriving.</summary>
    private static readonly TimeSpan Keepalive = TimeSpan.FromSeconds(3);

    private readonly SortedDictionary<string, Listener> _listeners = new(StringComparer.Ordinal);
    private readonly HashSet<(string From, string To)> _cuts = [];
    private readonly Dictionary<(string From, string To), int> _slow = [];
    private readonly HashSet<string> _liars = new(StringComparer.Ordinal);
    private readonly HashSet<string> _earlier = new(StringComparer.Ordinal);
    private readonly ToldSets _told = new();
    private readonly List<Connection> _connections = [];

    /// <summary>Accepts connections at an address, as long as the process lives.</summary>
    /// <param name="address">The address.</param>
    /// <param name="host">The host that the process runs on.</param>
    /// <param name="process">Who serves.</param>
    /// <param name="serve">Serves one connection; the object is an IMessageStream of the address's own types.</param>
    public void Listen(string address, string host, SimulatedProcess process, Func<object, Task> serve) =>
        _listeners[address] = new(host, process, serve);

    /// <summary>Packets from one host to another no longer arrive.</summary>
    public void Cut(string from, string to)
    {
        if (!_cuts.Add((from, to))) return;
        simulator.Trace.Add($"network cut {from} -> {to}");
        foreach (Connection connection in _connections.ToArray()) connection.PathChanged();
    }

    /// <summary>Packets from one host to another take so many milliseconds longer.</summary>
    public void Slow(string from, string to, int milliseconds)
    {
        _slow[(from, to)] = milliseconds;
        simulator.Trace.Add($"network slow {from} -> {to}: {milliseconds} ms");
    }

    /// <summary>A cluster says less, or more often, than is so: what its agent reports is cut, emptied, left out, doubled or told again on its way.</summary>
    public void Lie(string host, bool lies)
    {
        if (lies) _liars.Add(host);
        else _liars.Remove(host);
        simulator.Trace.Add($"{host} {(lies ? "lies" : "tells the truth")}");
    }

    /// <summary>The process that is started next on the host is of the version before this one, or of this one.</summary>
    public void ChangeVersion(string host, bool earlier)
    {
        if (earlier) _earlier.Add(host);
        else _earlier.Remove(host);
        simulator.Trace.Add($"{host} gets {(earlier ? "the earlier" : "this")} version");
    }

    /// <summary>Whether the host was given the version before this one.</summary>
    public bool RunsEarlierVersion(string host) => _earlier.Contains(host);

    /// <summary>What is sent in place of a message.</summary>
    internal IEnumerable<IMessage> Told(string host, SimulatedProcess to, IMessage message)
    {
        if (message is not AgentReport report) return [message];
        IReadOnlyList<ObservationFullSet> before = _told.Note(host, to, report);
        // A Health of the earlier version cannot know a set of an earlier connection for what it is.
        if (RunsEarlierVersion(to.Name)) before = [];
        return _liars.Contains(host) ? LyingReports.InPlaceOf(report, before, simulator.Chance) : [message];
    }

    /// <summary>A process stands still or goes on: its peers' keepalive gets no answer.</summary>
    public void StandsStillOrGoesOn(SimulatedProcess process)
    {
        foreach (Connection connection in _connections.ToArray())
            if (connection.Has(process)) connection.PathChanged();
    }

    /// <summary>All cuts are mended.</summary>
    public void Heal()
    {
        _slow.Clear();
        _liars.Clear();
        if (_cuts.Count == 0) return;
        _cuts.Clear();
        simulator.Trace.Add("network healed");
        foreach (Connection connection in _connections.ToArray()) connection.PathChanged();
    }

    /// <summary>Breaks a connection picked by the seed.</summary>
    public void BreakOne()
    {
        if (_connections.Count == 0) return;
        _connections[simulator.Chance.Next(_connections.Count)].Break("connection reset", TimeSpan.Zero);
    }

    /// <summary>The peers of a process that died learn it: at once where the path is open.</summary>
    public void Died(SimulatedProcess process)
    {
        foreach (Connection connection in _connections.ToArray())
            if (connection.Has(process)) connection.Break($"{process.Name} died", TimeSpan.FromMilliseconds(simulator.Chance.Next(3)));
    }

    /// <summary>A connector as a process uses it.</summary>
    public IMessageConnector<TOut, TIn> Connector<TOut, TIn>(string address, string host, SimulatedProcess process, TimeProvider time)
        where TOut : class, IMessage<TOut> where TIn : class, IMessage<TIn> => new Dialler<TOut, TIn>(this, address, host, process, time);

    private async Task<IMessageStream<TOut, TIn>> DialAsync<TOut, TIn>(
        string address, string host, SimulatedProcess process, TimeProvider time, CancellationToken cancellationToken)
        where TOut : class, IMessage<TOut> where TIn : class, IMessage<TIn>
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1 + simulator.Chance.Next(3)), time, cancellationToken);
        if (!_listeners.TryGetValue(address, out Listener? listener) || !listener.Process.Alive)
            throw new StreamBrokenException($"{address} refuses the connection");
        if (IsCut(host, listener.Host) || IsCut(listener.Host, host))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            throw new StreamBrokenException($"{address} does not answer");
        }
        var connection = new Connection(this, simulator, (host, process), (listener.Host, listener.Process));
        _connections.Add(connection);
        var client = new SimulatedStream<TOut, TIn>(this, connection, process, isClient: true);
        var server = new SimulatedStream<TIn, TOut>(this, connection, listener.Process, isClient: false);
        connection.Join(client, server);
        listener.Process.Post(_ => Serve(listener, server, connection), null);
        return client;
    }

    private async void Serve(Listener listener, object stream, Connection connection)
    {
        try
        {
            await listener.Serve(stream);
            connection.Break("the server ended the stream", TimeSpan.Zero);
        }
        catch (Exception e) when (e is StreamBrokenException or OperationCanceledException or InvalidOperationException)
        {
            connection.Break($"the server ended the stream: {e.Message}", TimeSpan.Zero);
        }
    }

    internal int Slowness(string from, string to) => _slow.GetValueOrDefault((from, to));

    internal bool IsCut(string from, string to) => _cuts.Contains((from, to));

    internal void Forget(Connection connection) => _connections.Remove(connection);

    internal static TimeSpan KeepaliveLimit => Keepalive;

    private sealed record Listener(string Host, SimulatedProcess Process, Func<object, Task> Serve);

    private sealed class Dialler<TOut, TIn>(SimulatedNetwork network, string address, string host, SimulatedProcess process, TimeProvider time)
        : IMessageConnector<TOut, TIn> where TOut : class, IMessage<TOut> where TIn : class, IMessage<TIn>
    {
        public Task<IMessageStream<TOut, TIn>> ConnectAsync(CancellationToken cancellationToken) =>
            network.DialAsync<TOut, TIn>(address, host, process, time, cancellationToken);
    }
}
