using System.Diagnostics;
using Federation.Contracts.V1;
using Federation.Grpc.Streams;
using Federation.Tunnel.Streams;

namespace Federation.Tunnel.Connections;

/// <summary>
/// Many byte streams over one message stream, opened from either end. Each stream has its own flow control, so that a slow one never holds
/// up another. Safe for concurrent use. A peer that breaks the protocol loses the connection, and is told which rule it broke.
/// </summary>
public sealed class TunnelConnection : IAsyncDisposable
{
    // Guards the pings and the end.
    private readonly Lock _gate = new();

    // Streams' numbers must reach the peer in their order.
    private readonly Lock _opening = new();
    private readonly StreamTable _streams;
    private readonly Dictionary<ulong, TaskCompletionSource> _pings = [];
    private readonly IMessageStream<TunnelFrame, TunnelFrame> _transport;
    private readonly FrameQueue _frames = new();
    private readonly FrameWriter _writer;
    private readonly TunnelAcceptor _acceptor;
    private readonly TunnelOptions _options;
    private readonly CancellationTokenSource _transportLifetime = new();
    private readonly TaskCompletionSource<TunnelEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _receivedAt;
    private ulong _lastPing;
    private TunnelEnd? _end;

    private TunnelConnection(
        IMessageStream<TunnelFrame, TunnelFrame> transport, TunnelRole role,
        Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>> accept, TunnelOptions options)
    {
        _transport = transport;
        _options = options;
        _writer = new FrameWriter(_frames, transport);
        _acceptor = new TunnelAcceptor(accept, _frames, options);
        _streams = new StreamTable(role, options.MaxConcurrentStreams);
        _receivedAt = options.Time.GetTimestamp();
    }

    /// <summary>Ends when the tunnel has ended and nothing of it runs any more; says why. Never fails.</summary>
    public Task<TunnelEnd> Completion => _completion.Task;

    /// <summary>The last measured round trip; null before the first <see cref="PingAsync"/>.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>How long ago the last frame came from the peer.</summary>
    public TimeSpan Silence => _options.Time.GetElapsedTime(Volatile.Read(ref _receivedAt));

    /// <summary>Streams open now, of both ends.</summary>
    public int StreamCount => _streams.Count;

    /// <summary>Starts a tunnel over a stream that is connected; the tunnel owns and disposes it.</summary>
    /// <param name="transport">
    /// Must have serialised a message when sending it ends, as gRPC's streams do: frames point into callers' buffers. Where it is an
    /// <see cref="IBufferedMessageSender{TOut}"/>, frames that are ready together travel together.
    /// </param>
    /// <param name="role">Which end this is.</param>
    /// <param name="accept">Decides on each stream that the peer opens; called concurrently. It should have reached the target before it accepts.</param>
    /// <param name="options">Limits.</param>
    public static TunnelConnection Start(
        IMessageStream<TunnelFrame, TunnelFrame> transport, TunnelRole role,
        Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>> accept, TunnelOptions? options = null)
    {
        TunnelConnection connection = new(transport, role, accept, options ?? new TunnelOptions());
        _ = Task.Run(connection.RunAsync);
        return connection;
    }

    /// <summary>Opens a stream; ends when the peer has accepted it.</summary>
    /// <exception cref="TunnelRefusedException">The peer refused, or the tunnel has ended: nothing reached the target.</exception>
    public async Task<TunnelStream> OpenAsync(TunnelOpen target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        cancellationToken.ThrowIfCancellationRequested();
        TunnelStream stream;
        lock (_opening)
        {
            stream = _streams.AddLocal(id => new TunnelStream(this, _frames, id, target)) ?? throw new TunnelRefusedException(_end!.Reason);
            _frames.Open(stream.Send, new TunnelFrame { Stream = stream.Id, Open = target });
        }
        try
        {
            await stream.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            TunnelMetrics.Opened("accepted");
            return stream;
        }
        catch (TunnelRefusedException)
        {
            TunnelMetrics.Opened("refused");
            throw;
        }
        catch (OperationCanceledException)
        {
            TunnelMetrics.Opened("cancelled");
            stream.Abort("the opening was cancelled");
            throw;
        }
    }

    /// <summary>Measures the way to the peer's tunnel and back.</summary>
    /// <exception cref="TunnelRefusedException">The tunnel has ended.</exception>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong ping;
        lock (_gate)
        {
            if (_end is not null)
                throw new TunnelRefusedException(_end.Reason);
            ping = ++_lastPing;
            _pings.Add(ping, answered);
        }
        long started = _options.Time.GetTimestamp();
        try
        {
            _frames.Send(new TunnelFrame { Ping = ping });
            await answered.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            TimeSpan elapsed = _options.Time.GetElapsedTime(started);
            RoundTrip = elapsed;
            return elapsed;
        }
        finally
        {
            lock (_gate)
                _pings.Remove(ping);
        }
    }

    /// <summary>Breaks all streams, tells the peer, and ends when nothing of the tunnel runs any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new TunnelEnd.Disposed());
        await Completion.ConfigureAwait(false);
    }

    /// <summary>Takes a stream out of the table; false where it was out already. What the peer still sends for it is ignored.</summary>
    internal bool Forget(TunnelStream stream) => _streams.Remove(stream);

    private async Task RunAsync()
    {
        await Task.WhenAll(WriteAsync(), ReadAsync()).ConfigureAwait(false);
        await _transport.DisposeAsync().ConfigureAwait(false);
        await _acceptor.DrainAsync().ConfigureAwait(false);
        _completion.SetResult(_end ?? throw new UnreachableException());
    }

    private async Task WriteAsync()
    {
        try
        {
            await _writer.RunAsync(_transportLifetime.Token).ConfigureAwait(false);
            await _transport.CompleteAsync(_transportLifetime.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Close(new TunnelEnd.Lost(e.Message));
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _transport.ReceiveAsync(_transportLifetime.Token).ConfigureAwait(false) is (true, { } frame))
                Receive(frame);
            Close(new TunnelEnd.ClosedByPeer(""));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Close(new TunnelEnd.Lost(e.Message));
        }
    }

    private void Receive(TunnelFrame frame)
    {
        Volatile.Write(ref _receivedAt, _options.Time.GetTimestamp());
        // A closing end waits for the peer to end, and listens no more.
        if (Volatile.Read(ref _end) is not null)
            return;
        try
        {
            if (frame.Stream == 0)
                ReceiveForConnection(frame);
            else if (frame.FrameCase == TunnelFrame.FrameOneofCase.Open)
                ReceiveOpen(frame.Stream, frame.Open);
            else if (_streams.Find(frame.Stream) is { } stream)
                ReceiveForStream(stream, frame);
        }
        catch (TunnelProtocolException e)
        {
            Close(new TunnelEnd.Violation(e.Message));
        }
    }

    private void ReceiveForConnection(TunnelFrame frame)
    {
        switch (frame.FrameCase)
        {
            case TunnelFrame.FrameOneofCase.Ping:
                _frames.Send(new TunnelFrame { Pong = frame.Ping });
                break;
            case TunnelFrame.FrameOneofCase.Pong:
                lock (_gate)
                {
                    if (_pings.TryGetValue(frame.Pong, out TaskCompletionSource? answered))
                        answered.TrySetResult();
                }
                break;
            case TunnelFrame.FrameOneofCase.Reset:
                Close(new TunnelEnd.ClosedByPeer(frame.Reset));
                break;
            default:
                throw new TunnelProtocolException($"a frame {frame.FrameCase} without a stream");
        }
    }

    private void ReceiveOpen(uint id, TunnelOpen target)
    {
        if (_streams.AddPeer(id, number => new TunnelStream(this, _frames, number, target)) is { } stream)
            _acceptor.Begin(stream);
        else
            TunnelAcceptor.Refuse(_frames, new SendHalf(id), _streams.LimitReached);
    }

    private void ReceiveForStream(TunnelStream stream, TunnelFrame frame)
    {
        bool isLocal = _streams.IsLocal(stream.Id);
        switch (frame.FrameCase)
        {
            case TunnelFrame.FrameOneofCase.Opened when isLocal && !stream.IsOpen:
                if (frame.Opened.Refusal.Length == 0)
                    stream.MarkOpen(frame.Opened.Traces);
                else if (Forget(stream))
                    stream.Refuse(frame.Opened.Refusal);
                break;
            case TunnelFrame.FrameOneofCase.Reset:
                Forget(stream);
                stream.Break($"the peer reset the stream: {frame.Reset}");
                break;
            case TunnelFrame.FrameOneofCase.Data when stream.IsOpen && !frame.Data.IsEmpty:
                TunnelMetrics.Received(frame.Data.Length);
                stream.ReceiveData(frame.Data.Memory);
                break;
            case TunnelFrame.FrameOneofCase.Window when stream.IsOpen:
                _frames.AddCredit(stream.Send, frame.Window);
                break;
            case TunnelFrame.FrameOneofCase.Trace when stream.IsOpen:
                stream.ReceiveTrace(frame.Trace);
                break;
            case TunnelFrame.FrameOneofCase.End when stream.IsOpen:
                stream.ReceiveEnd();
                break;
            default:
                throw new TunnelProtocolException($"a frame {frame.FrameCase} on a stream that is {(stream.IsOpen ? "open" : "not open yet")}");
        }
    }

    private void Close(TunnelEnd end)
    {
        TaskCompletionSource[] pings;
        bool first;
        lock (_gate)
        {
            first = _end is null;
            _end ??= end;
            pings = [.. _pings.Values];
        }
        if (!first)
        {
            // While this end waits for the other's: the transport is gone, there is nothing to wait for.
            if (end is TunnelEnd.Lost)
                _transportLifetime.Cancel();
            return;
        }
        string? last = end switch
        {
            TunnelEnd.Disposed => "closed",
            TunnelEnd.Violation violation => violation.Rule,
            _ => null,
        };
        _frames.Close(last is null ? null : new TunnelFrame { Reset = last });
        foreach (TunnelStream stream in _streams.Close())
            stream.Break(end.Reason);
        foreach (TaskCompletionSource ping in pings)
            ping.TrySetException(new TunnelRefusedException(end.Reason));
        _acceptor.Stop();
        if (end is TunnelEnd.Lost)
            _transportLifetime.Cancel();
        else
            _transportLifetime.CancelAfter(_options.CloseTimeout);
    }
}
