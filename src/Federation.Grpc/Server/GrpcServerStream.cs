using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Federation.Grpc.Framing;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Google.Protobuf;

namespace Federation.Grpc.Server;

/// <summary>The server's side of a call as a message stream. The handler's return completes the sending side; its exceptions become the status.</summary>
internal sealed class GrpcServerStream<TRequest, TResponse> : IMessageStream<TResponse, TRequest>, IBufferedMessageSender<TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    private readonly GrpcServerCall _call;
    private readonly MessageReader<TRequest> _reader;
    private readonly PipeWriter _output;
    private readonly int _maxSendSize;
    private bool _headersApplied;
    private bool _completed;

    /// <summary>Whether something was written: then the status travels in trailers.</summary>
    public bool HasBuffered { get; private set; }

    public GrpcServerStream(GrpcServerCall call, MessageParser<TRequest> parser, GrpcServerOptions options)
    {
        _call = call;
        string? encoding = call.HttpContext.Request.Headers["grpc-encoding"];
        _reader = new MessageReader<TRequest>(call.HttpContext.Request.BodyReader, parser, options.MaxReceiveMessageSize, encoding);
        _output = call.HttpContext.Response.BodyWriter;
        _maxSendSize = options.MaxSendMessageSize;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(bool Received, TRequest Message)> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            ThrowIfOver();
            if (!cancellationToken.CanBeCanceled || cancellationToken == _call.CancellationToken)
                return await _reader.ReadAsync(_call.CancellationToken).ConfigureAwait(false);
            // An aborted request fails the read by itself; only a deadline has to be linked in.
            if (_call.Timeout is null)
                return await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _call.CancellationToken);
            return await _reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (StreamBrokenException)
        {
            throw;
        }
        catch (RpcException e)
        {
            throw new StreamBrokenException($"the client broke the protocol: {e.Detail}", e);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !_call.CancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException || _call.CancellationToken.IsCancellationRequested)
        {
            throw Broken(e);
        }
    }

    public ValueTask SendAsync(TResponse message, CancellationToken cancellationToken)
    {
        Buffer(message);
        return FlushAsync(cancellationToken);
    }

    public int Buffer(TResponse message)
    {
        ThrowIfOver();
        if (_completed)
            throw new InvalidOperationException("the sending side was completed");
        if (!_headersApplied)
        {
            _headersApplied = true;
            GrpcServerProtocol.ApplyMetadata(_call.HttpContext.Response.Headers, _call.ResponseHeaders);
        }
        int size = MessageWriter.Write(_output, message, _maxSendSize);
        HasBuffered = true;
        return size;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Broken(e);
        }
        // Kestrel swallows writes to a connection that is gone.
        ThrowIfOver();
    }

    /// <summary>Nothing to do but remember: END_STREAM travels with the status, when the handler returns.</summary>
    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        _completed = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _completed = true;
        return ValueTask.CompletedTask;
    }

    private void ThrowIfOver()
    {
        if (_call.CancellationToken.IsCancellationRequested)
            throw Broken(null);
    }

    private StreamBrokenException Broken(Exception? cause) =>
        _call.CancellationToken.IsCancellationRequested && !_call.HttpContext.RequestAborted.IsCancellationRequested
            ? new StreamBrokenException("the call's deadline passed", new RpcException(StatusCode.DeadlineExceeded, "the deadline passed", cause))
            : new StreamBrokenException("the client cancelled the call or its connection is lost", cause);
}
