using Federation.Contracts.V1;
using Federation.Tunnel.Connections;

namespace Federation.Tunnel.Streams;

/// <summary>
/// One byte stream in a tunnel, full duplex. One read and one write at a time, which may overlap. A write ends when its bytes are on their way
/// (within the peer's credit). Disposing ends the sending side in order; what the peer still sends is refused. Synchronous I/O is not supported.
/// </summary>
public sealed class TunnelStream : Stream
{
    private readonly TunnelConnection _connection;
    private readonly FrameQueue _frames;
    private readonly ReceiveHalf _receive;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _peerGone = new();
    private readonly Lock _traceGate = new();
    private Action<string>? _traceChanged;
    private string? _trace;
    private bool _peerTakesTraces;
    private int _state;
    private int _disposed;

    internal TunnelStream(TunnelConnection connection, FrameQueue frames, uint id, TunnelOpen target)
    {
        _connection = connection;
        _frames = frames;
        Id = id;
        Target = target;
        Send = new SendHalf(id);
        _receive = new ReceiveHalf(bytes => _frames.Grant(Send, bytes));
    }

    /// <summary>The stream's number in its tunnel.</summary>
    public uint Id { get; }

    /// <summary>What the opener asked for.</summary>
    public TunnelOpen Target { get; }

    /// <summary>Fires when the peer has ended or reset the stream, or the tunnel has ended: no more bytes will come than those received so far.</summary>
    public CancellationToken PeerGone => _peerGone.Token;

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal SendHalf Send { get; }

    /// <summary>Ends when the peer has accepted the stream.</summary>
    internal Task Opened => _opened.Task;

    internal bool IsOpen => Volatile.Read(ref _state) == 1;

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _receive.ReadAsync(buffer, cancellationToken);
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _frames.WriteAsync(Send, buffer, cancellationToken);
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Tells the peer which trace the data written from now on belong to, where it takes that; empty for none.</summary>
    public void SetTrace(string traceparent)
    {
        ArgumentNullException.ThrowIfNull(traceparent);
        if (Volatile.Read(ref _peerTakesTraces))
            _frames.Trace(Send, traceparent);
    }

    /// <summary>Calls back with the trace that the peer's data belong to: now, if it has said one, and at each change. The callback must be short: it holds up the whole tunnel.</summary>
    public void FollowTrace(Action<string> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        lock (_traceGate)
        {
            _traceChanged = changed;
            if (_trace is not null)
                changed(_trace);
        }
    }

    /// <summary>Says that this side sends no more; reading goes on. Call after the last write has ended.</summary>
    public void CompleteWrites()
    {
        if (_frames.TryEnd(Send) && _receive.Ended)
            _connection.Forget(this);
    }

    /// <summary>Ends the stream at once in both directions; the peer is told why.</summary>
    public void Abort(string reason)
    {
        if (!_connection.Forget(this))
            return;
        TunnelStreamBrokenException failure = new($"the stream was aborted here: {reason}");
        _frames.Fail(Send, failure, reason);
        _receive.Fail(failure, always: true);
        SignalPeerGone();
    }

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override void Flush()
    {
        // Writes are on their way when they end.
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("a tunnel's streams are asynchronous");

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a tunnel's streams are asynchronous");

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_frames.State(Send).Writing)
        {
            Abort("closed in the middle of a write");
            return;
        }
        _frames.TryEnd(Send);
        // In order: the data, the end, and then (where the peer still sends) word that nobody reads it.
        ObjectDisposedException failure = new(nameof(TunnelStream));
        if (_connection.Forget(this))
            _frames.Fail(Send, failure, _receive.Ended ? null : "closed");
        _receive.Fail(failure, always: true);
        SignalPeerGone();
    }

    internal void MarkOpen(bool peerTakesTraces)
    {
        Volatile.Write(ref _peerTakesTraces, peerTakesTraces);
        Volatile.Write(ref _state, 1);
        _opened.TrySetResult();
    }

    internal void Refuse(string reason) => _opened.TrySetException(new TunnelRefusedException(reason));

    /// <summary>Answers the peer's opening with a refusal.</summary>
    internal void RefusePeer(string reason)
    {
        if (_connection.Forget(this))
            TunnelAcceptor.Refuse(_frames, Send, reason);
    }

    internal void ReceiveData(ReadOnlyMemory<byte> data) => _receive.Receive(data);

    internal void ReceiveTrace(string traceparent)
    {
        lock (_traceGate)
        {
            _trace = traceparent;
            _traceChanged?.Invoke(traceparent);
        }
    }

    internal void ReceiveEnd()
    {
        _receive.End();
        if (_frames.State(Send).Ended)
            _connection.Forget(this);
        SignalPeerGone();
    }

    /// <summary>The peer reset the stream, or the tunnel ended. After the peer's clean end, what it sent stays readable.</summary>
    internal void Break(string reason)
    {
        TunnelStreamBrokenException failure = new(reason);
        _opened.TrySetException(new TunnelRefusedException(reason));
        _frames.Fail(Send, failure, reset: null);
        _receive.Fail(failure, always: false);
        SignalPeerGone();
    }

    private void SignalPeerGone()
    {
        // Its callbacks are the application's: not on the loop that carries everyone's frames.
        if (!_peerGone.IsCancellationRequested)
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _peerGone, preferLocal: false);
    }
}
