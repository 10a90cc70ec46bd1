using System.Collections.Concurrent;
using System.Net;
using Federation.Tunnel.Connections;
using Microsoft.AspNetCore.Connections;

namespace Federation.Tunnel.Hosting;

/// <summary>
/// A transport of Kestrel's: streams that a tunnel accepts enter the server as connections. Register it as a singleton and as
/// <see cref="IConnectionListenerFactory"/> (<see cref="TunnelHosting.AddTunnelTransport"/>), listen on a <see cref="TunnelEndPoint"/>, and return
/// <see cref="Accept"/> from the tunnel's accept callback. TCP endpoints stay with Kestrel's socket transport.
/// </summary>
public sealed class TunnelConnectionListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ConcurrentDictionary<string, TunnelConnectionListener> _listeners = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public bool CanBind(EndPoint endpoint) => endpoint is TunnelEndPoint;

    /// <inheritdoc />
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not TunnelEndPoint tunnel)
            throw new NotSupportedException($"{endpoint} is not a {nameof(TunnelEndPoint)}");
        TunnelConnectionListener listener = new(tunnel, bound => _listeners.TryRemove(new KeyValuePair<string, TunnelConnectionListener>(tunnel.Name, bound)));
        return _listeners.TryAdd(tunnel.Name, listener)
            ? ValueTask.FromResult<IConnectionListener>(listener)
            : throw new AddressInUseException($"{tunnel} is bound already");
    }

    /// <summary>The decision that hands a stream to the server.</summary>
    /// <param name="endPoint">Which listener takes it.</param>
    /// <param name="peer">Who is at the tunnel's other end, for <see cref="ITunnelFeature.Peer"/>.</param>
    public TunnelDecision Accept(TunnelEndPoint endPoint, object? peer)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (!_listeners.TryGetValue(endPoint.Name, out TunnelConnectionListener? listener))
            return new TunnelDecision.Refuse($"nothing listens on {endPoint}");
        return new TunnelDecision.Accept(async (stream, _) =>
        {
            TunnelConnectionContext connection = new(stream, endPoint, peer);
            if (listener.TryOffer(connection))
                await connection.Disposed.ConfigureAwait(false);
            else
                stream.Abort($"{endPoint} does not take connections now");
        });
    }
}
