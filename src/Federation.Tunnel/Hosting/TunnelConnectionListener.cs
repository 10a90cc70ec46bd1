using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Federation.Tunnel.Hosting;

/// <summary>Hands accepted tunnel streams to Kestrel.</summary>
internal sealed class TunnelConnectionListener(TunnelEndPoint endPoint, Action<TunnelConnectionListener> unbound) : IConnectionListener
{
    // As a listening socket's backlog; a server that does not keep up refuses.
    private const int Backlog = 512;

    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(
        new BoundedChannelOptions(Backlog) { SingleReader = true });

    public EndPoint EndPoint => endPoint;

    public bool TryOffer(TunnelConnectionContext connection) => _accepted.Writer.TryWrite(connection);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            if (_accepted.Reader.TryRead(out ConnectionContext? connection))
                return connection;
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        unbound(this);
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(CancellationToken.None).ConfigureAwait(false);
        while (_accepted.Reader.TryRead(out ConnectionContext? never))
        {
            never.Abort();
            await never.DisposeAsync().ConfigureAwait(false);
        }
    }
}
