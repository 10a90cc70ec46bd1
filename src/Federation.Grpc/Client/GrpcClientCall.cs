using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Federation.Grpc.Framing;
using Federation.Grpc.Metadata;
using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Google.Protobuf;

namespace Federation.Grpc.Client;

/// <summary>
/// One call, seen from the client, as a message stream. Failures are <see cref="StreamBrokenException"/> with the <see cref="RpcException"/> inside.
/// Disposing a call that has not ended cancels it at the server. Cancelling a send that waits for the peer ends the call, since part of the message may have gone.
/// </summary>
/// <typeparam name="TRequest">What the client sends.</typeparam>
/// <typeparam name="TResponse">What the server sends.</typeparam>
public sealed class GrpcClientCall<TRequest, TResponse> : IMessageStream<TRequest, TResponse>, IBufferedMessageSender<TRequest>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    // The request stream is handed whole segments; one of this size keeps a data frame's message in one piece.
    private static readonly StreamPipeWriterOptions s_outputOptions = new(minimumBufferSize: 64 * 1024, leaveOpen: true);
    private static readonly StreamPipeReaderOptions s_inputOptions = new(bufferSize: 32 * 1024, minimumReadSize: 8 * 1024, leaveOpen: true);

    private readonly GrpcChannel _channel;
    private readonly GrpcMethod<TRequest, TResponse> _method;
    private readonly GrpcCallOptions _options;
    // Never disposed: it holds no timer, and late callers may still cancel it.
    private readonly CancellationTokenSource _lifetime = new();
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenRegistration _deadlineRegistration;
    private readonly GrpcRequestContent _content = new();
    private HttpRequestMessage? _request;
    private Task<HttpResponseMessage>? _responseTask;
    private HttpResponseMessage? _response;
    private PipeWriter? _output;
    private PipeReader? _input;
    private MessageReader<TResponse>? _reader;
    private bool _sendingEnded;
    private bool _ended;
    private RpcException? _failure;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _disposed;

    internal GrpcClientCall(GrpcChannel channel, GrpcMethod<TRequest, TResponse> method, GrpcCallOptions options)
    {
        _channel = channel;
        _method = method;
        _options = options;
        _lifetime.Token.UnsafeRegister(static call => ((GrpcClientCall<TRequest, TResponse>)call!).Abort(), this);
        if (options.Timeout is not { } timeout)
            return;
        _deadline = new CancellationTokenSource(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero);
        _deadlineRegistration = _deadline.Token.UnsafeRegister(static call => ((GrpcClientCall<TRequest, TResponse>)call!)._lifetime.Cancel(), this);
    }

    /// <summary>What the server sent before its first message; empty until a message or the end was received.</summary>
    public GrpcMetadata ResponseHeaders { get; } = new();

    /// <summary>What the server sent with the status; empty until the end was received.</summary>
    public GrpcMetadata ResponseTrailers { get; } = new();

    /// <inheritdoc />
    public ValueTask SendAsync(TRequest message, CancellationToken cancellationToken)
    {
        Buffer(message);
        return FlushAsync(cancellationToken);
    }

    /// <inheritdoc />
    public int Buffer(TRequest message)
    {
        if (_sendingEnded)
            throw new InvalidOperationException($"{_method.Path}: the sending side was completed");
        if (_ended || _lifetime.IsCancellationRequested)
            throw Broken(_failure ?? Failure(null));
        return MessageWriter.Write(_output!, message, _channel.Options.MaxSendMessageSize);
    }

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _output!.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !_lifetime.IsCancellationRequested)
        {
            await _lifetime.CancelAsync().ConfigureAwait(false);
            throw;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The status says more than the broken pipe, where the server sent one.
            throw Broken(_failure ?? (_responseTask!.IsCompletedSuccessfully ? EndedEarly(e) : Failure(e)));
        }
    }

    /// <inheritdoc />
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (_sendingEnded)
            return;
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        _sendingEnded = true;
        await _output!.CompleteAsync().ConfigureAwait(false);
        _content.Complete();
    }

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(bool Received, TResponse Message)> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_failure is not null)
            throw Broken(_failure);
        if (_ended)
            return (false, default!);
        try
        {
            _reader ??= await BeginResponseAsync(cancellationToken).ConfigureAwait(false);
            if (_reader is not null)
            {
                (bool received, TResponse message) = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (received)
                    return (true, message);
            }
            End();
            return (false, default!);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !_lifetime.IsCancellationRequested)
        {
            throw;
        }
        catch (RpcException e)
        {
            _failure = e;
            await _lifetime.CancelAsync().ConfigureAwait(false);
            throw Broken(e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            _failure = Failure(e);
            throw Broken(_failure);
        }
    }

    /// <summary>Receives the one response of a method that has one, and the status.</summary>
    /// <exception cref="RpcException">The call ended with another status than OK.</exception>
    public async Task<TResponse> ReceiveSingleAsync(CancellationToken cancellationToken)
    {
        try
        {
            (bool received, TResponse response) = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (!received)
                throw new RpcException(StatusCode.Internal, $"{_method.Path} ended with OK and without its response");
            if ((await ReceiveAsync(cancellationToken).ConfigureAwait(false)).Received)
                throw new RpcException(StatusCode.Internal, $"{_method.Path} has one response, and the server sent more");
            return response;
        }
        catch (StreamBrokenException e) when (e.InnerException is RpcException status)
        {
            throw status;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        GrpcMetrics.Called(_method.Path, _failure?.StatusCode ?? (_ended ? StatusCode.OK : StatusCode.Cancelled), _started);
        await _deadlineRegistration.DisposeAsync().ConfigureAwait(false);
        _deadline?.Dispose();
        // Ended calls are left alone: cancelling them would reset a stream that is complete.
        if (!_ended || !_sendingEnded)
            await _lifetime.CancelAsync().ConfigureAwait(false);
        _content.Complete();
        if (_responseTask is not null)
        {
            try
            {
                (await _responseTask.ConfigureAwait(false)).Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
            {
                // It was cancelled above, or had failed, which whoever read the stream was told.
            }
        }
        _request?.Dispose();
    }

    internal async Task StartAsync(HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        _request = GrpcClientProtocol.CreateRequest(_channel, _method.Path, _options, _content);
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static call => ((GrpcClientCall<TRequest, TResponse>)call!)._lifetime.Cancel(), this);
        _responseTask = invoker.SendAsync(_request, _lifetime.Token);
        await Task.WhenAny(_content.Stream, _responseTask).ConfigureAwait(false);
        if (_responseTask.IsFaulted || _responseTask.IsCanceled)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _failure = Failure(_responseTask.Exception?.InnerException);
        }
        _output = PipeWriter.Create(await LentAsync(cancellationToken).ConfigureAwait(false), s_outputOptions);
    }

    // A server that speaks first may be heard before the request stream is lent, which is about to be. Only where it has ended the call there is nothing to send to.
    private async Task<Stream> LentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _content.Stream.WaitAsync(_lifetime.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_lifetime.IsCancellationRequested)
        {
            return Stream.Null;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _failure = Failure(null);
        }
    }

    internal async Task SendSingleAsync(TRequest request, CancellationToken cancellationToken)
    {
        try
        {
            Buffer(request);
            await CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StreamBrokenException e) when (e.InnerException is RpcException status)
        {
            // The server may have answered without waiting for the request: then its answer, which is on its way, is the outcome.
            await Task.WhenAny(_responseTask!).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!_responseTask!.IsCompletedSuccessfully)
                throw status;
        }
    }

    private async Task<MessageReader<TResponse>?> BeginResponseAsync(CancellationToken cancellationToken)
    {
        _response = await _responseTask!.WaitAsync(cancellationToken).ConfigureAwait(false);
        GrpcClientProtocol.CheckResponse(_response);
        foreach (var header in _response.Headers)
            ResponseHeaders.AddReceived(header.Key, header.Value);
        string? encoding = _response.Headers.TryGetValues("grpc-encoding", out var encodings) ? encodings.FirstOrDefault() : null;
        if (!MessageEncoding.IsSupported(encoding))
            throw new RpcException(StatusCode.Internal, $"the server answers in grpc-encoding {encoding}, which was not offered");
        Stream body = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        _input = PipeReader.Create(body, s_inputOptions);
        if (_lifetime.IsCancellationRequested)
            throw Failure(null);
        return new MessageReader<TResponse>(_input, _method.ResponseParser, _channel.Options.MaxReceiveMessageSize, encoding);
    }

    /// <summary>HTTP heeds the token of a request only until its response begins; from then on disposing the response resets the stream.</summary>
    private void Abort()
    {
        if (_responseTask is { IsCompletedSuccessfully: true } response)
            response.Result.Dispose();
    }

    private void End()
    {
        _ended = true;
        _input?.Complete();
        GrpcClientProtocol.ReadStatus(_response!, ResponseTrailers);
    }

    private RpcException EndedEarly(Exception cause) =>
        new(StatusCode.Unavailable, $"{_method.Path}: the server ended the call", cause);

    private RpcException Failure(Exception? cause) => GrpcClientProtocol.Failure(
        _channel.Address, cause, deadlinePassed: _deadline is { IsCancellationRequested: true }, cancelled: _lifetime.IsCancellationRequested);

    private StreamBrokenException Broken(RpcException status) => new($"{_method.Path}: {status.Message}", status);
}
