using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Federation.Gateway.Hosting;

/// <summary>
/// A transport of Kestrel's that hands connections on from one listener to another: without TLS a listener speaks one version of HTTP, and the
/// ingress has to speak both on one port. What was read of the connection to tell its version is still to be read by the other listener.
/// </summary>
public sealed class ParkedConnections : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Channel<ConnectionContext> _parked = Channel.CreateBounded<ConnectionContext>(512);

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is ParkedEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(endpoint, _parked));

    /// <summary>Hands a connection over; returns when the other listener has done with it.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        var handed = new HandedConnection(connection);
        await _parked.Writer.WriteAsync(handed, connection.ConnectionClosed);
        await handed.Done;
    }

    private sealed class Listener(EndPoint endPoint, Channel<ConnectionContext> parked) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
            try
            {
                return await parked.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                return null;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => new(_unbound.CancelAsync());

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    // The connection itself stays the first listener's to dispose of.
    private sealed class HandedConnection(ConnectionContext inner) : ConnectionContext
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override System.IO.Pipelines.IDuplexPipe Transport
        {
            get => inner.Transport;
            set => inner.Transport = value;
        }

        public override string ConnectionId
        {
            get => inner.ConnectionId;
            set => inner.ConnectionId = value;
        }

        public override Microsoft.AspNetCore.Http.Features.IFeatureCollection Features => inner.Features;

        public override IDictionary<object, object?> Items
        {
            get => inner.Items;
            set => inner.Items = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => inner.LocalEndPoint;
            set => inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => inner.RemoteEndPoint;
            set => inner.RemoteEndPoint = value;
        }

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _done.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
