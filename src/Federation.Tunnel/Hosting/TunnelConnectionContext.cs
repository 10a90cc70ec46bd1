using System.IO.Pipelines;
using System.Net;
using Federation.Contracts.V1;
using Federation.Tunnel.Streams;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Tunnel.Hosting;

/// <summary>A tunnel stream as Kestrel sees a connection.</summary>
internal sealed class TunnelConnectionContext : ConnectionContext, ITunnelFeature,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    // Zero-byte reads: an idle connection holds no buffer.
    private static readonly StreamPipeReaderOptions s_inputOptions = new(bufferSize: 16 * 1024, useZeroByteReads: true, leaveOpen: true);
    private static readonly StreamPipeWriterOptions s_outputOptions = new(minimumBufferSize: 16 * 1024, leaveOpen: true);

    private readonly TunnelStream _stream;
    private readonly FeatureCollection _features = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDictionary<object, object?>? _items;

    public TunnelConnectionContext(TunnelStream stream, TunnelEndPoint endPoint, object? peer)
    {
        _stream = stream;
        Peer = peer;
        ConnectionId = $"{endPoint}-{stream.Id}";
        LocalEndPoint = endPoint;
        Transport = new StreamDuplexPipe(PipeReader.Create(stream, s_inputOptions), PipeWriter.Create(stream, s_outputOptions));
        _features.Set<ITunnelFeature>(this);
        _features.Set<IConnectionIdFeature>(this);
        _features.Set<IConnectionTransportFeature>(this);
        _features.Set<IConnectionItemsFeature>(this);
        _features.Set<IConnectionLifetimeFeature>(this);
        _features.Set<IConnectionEndPointFeature>(this);
        ConnectionClosed = stream.PeerGone;
    }

    public TunnelOpen Target => _stream.Target;

    public object? Peer { get; }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features => _features;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    /// <summary>Ends when Kestrel has done with the connection.</summary>
    public Task Disposed => _disposed.Task;

    public override void Abort(ConnectionAbortedException abortReason) => _stream.Abort("the server aborted the connection");

    public override void Abort() => _stream.Abort("the server aborted the connection");

    public override async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync().ConfigureAwait(false);
        _disposed.TrySetResult();
    }

    private sealed record StreamDuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
