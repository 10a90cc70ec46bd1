using System.Collections.Concurrent;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tables;
using Federation.Grpc.Streams;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Streams;

namespace Federation.Gateway.Tunnels;

/// <summary>The present tunnel of each node. A newer one takes the place of the older; the loss of one counts at once. Thread-safe.</summary>
/// <param name="table">Told which nodes can be reached.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where comings and goings are told.</param>
public sealed partial class TunnelRegistry(GatewayTable table, TimeProvider time, ILogger<TunnelRegistry> logger)
{
    private readonly object _gate = new();
    private readonly ConcurrentDictionary<NodeKey, TunnelConnection> _present = new();

    /// <summary>The nodes with an open tunnel.</summary>
    public IReadOnlyCollection<NodeKey> Nodes => [.. _present.Keys.Order()];

    /// <summary>The nodes with an open tunnel, and the streams open in it.</summary>
    public IReadOnlyDictionary<NodeKey, int> Streams => _present.ToDictionary(static pair => pair.Key, static pair => pair.Value.StreamCount);

    /// <summary>Serves a node's tunnel until it ends.</summary>
    /// <param name="node">The node that the caller's certificate names.</param>
    /// <param name="stream">The tunnel's transport; disposed at the end.</param>
    /// <param name="accept">Decides on streams that the agent opens.</param>
    /// <param name="lost">Fires the moment the connection underneath is gone.</param>
    public async Task ServeAsync(
        NodeKey node, IMessageStream<TunnelFrame, TunnelFrame> stream, Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>> accept, CancellationToken lost)
    {
        TunnelConnection connection = TunnelConnection.Start(stream, TunnelRole.Gateway, accept, new TunnelOptions { Logger = logger, Time = time });
        TunnelConnection? older;
        lock (_gate)
        {
            _present.TryGetValue(node, out older);
            _present[node] = connection;
            table.SetStalled(node, false);
            table.SetConnected(node, true);
        }
        LogOpened(logger, node.ToString());
        try
        {
            using CancellationTokenRegistration registration = lost.UnsafeRegister(_ => Remove(node, connection), null);
            if (older is not null) await older.DisposeAsync();
            await TunnelWatch.RunAsync(node, connection, table, time);
            TunnelEnd end = await connection.Completion;
            LogEnded(logger, node.ToString(), end.Reason);
        }
        finally
        {
            Remove(node, connection);
        }
    }

    /// <summary>Opens a stream to the agent of a node.</summary>
    /// <exception cref="TunnelRefusedException">There is no tunnel, or the agent refused: nothing reached the target.</exception>
    public async Task<TunnelStream> OpenAsync(NodeKey node, TunnelOpen target, CancellationToken cancellationToken)
    {
        if (!_present.TryGetValue(node, out TunnelConnection? connection)) throw new TunnelRefusedException($"node {node} has no tunnel");
        return await connection.OpenAsync(target, cancellationToken);
    }

    /// <summary>Ends a node's tunnel at once, as the loss of its connection does; the agent may dial again.</summary>
    public async Task CutAsync(NodeKey node)
    {
        if (!_present.TryGetValue(node, out TunnelConnection? connection)) return;
        Remove(node, connection);
        await connection.DisposeAsync();
    }

    private void Remove(NodeKey node, TunnelConnection connection)
    {
        lock (_gate)
        {
            if (_present.TryRemove(new KeyValuePair<NodeKey, TunnelConnection>(node, connection))) table.SetConnected(node, false);
        }
    }

    [LoggerMessage(EventId = 4101, Level = LogLevel.Information, Message = "The tunnel of node {Node} is open")]
    private static partial void LogOpened(ILogger logger, string node);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Information, Message = "The tunnel of node {Node} ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, string node, string reason);
}
