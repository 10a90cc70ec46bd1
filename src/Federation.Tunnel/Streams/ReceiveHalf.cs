using System.Runtime.CompilerServices;
using Federation.Tunnel.Connections;

namespace Federation.Tunnel.Streams;

/// <summary>
/// What the peer sent on a stream and nobody has read yet. The peer's credit bounds it; credit is given back as data are consumed,
/// a quarter of the window at a time, so that grants stay rare and the peer never runs dry.
/// </summary>
internal sealed class ReceiveHalf
{
    private const int GrantThreshold = TunnelOptions.InitialWindow / 4;

    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _chunks = new();
    private readonly ReusableResult<int> _result = new();
    private readonly Action<int> _grant;
    private int _headOffset;
    private int _allowance = TunnelOptions.InitialWindow;
    private int _consumed;
    private bool _pending;
    private Memory<byte> _pendingBuffer;
    private bool _ended;
    private Exception? _failure;

    /// <param name="grant">Gives credit to the peer; called outside all locks.</param>
    public ReceiveHalf(Action<int> grant) => _grant = grant;

    /// <summary>Whether the peer has ended its side.</summary>
    public bool Ended
    {
        get
        {
            lock (_gate)
                return _ended;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        int read;
        int grant;
        lock (_gate)
        {
            if (_pending)
                throw new InvalidOperationException("a read is pending already");
            if (_chunks.Count == 0)
            {
                if (_failure is not null)
                    return ValueTask.FromException<int>(_failure);
                if (_ended)
                    return ValueTask.FromResult(0);
                _pending = true;
                _pendingBuffer = buffer;
                _result.Reset();
                return cancellationToken.CanBeCanceled ? WaitAsync(cancellationToken) : _result.Task;
            }
            read = Take(buffer.Span);
            grant = Consume(read);
        }
        if (grant > 0)
            _grant(grant);
        return ValueTask.FromResult(read);
    }

    /// <exception cref="TunnelProtocolException">The peer sent more than it had credit for, or after its end.</exception>
    public void Receive(ReadOnlyMemory<byte> data)
    {
        int grant = 0;
        int read = 0;
        bool complete;
        lock (_gate)
        {
            if (_ended)
                throw new TunnelProtocolException("data after the end of a stream");
            if (data.Length > _allowance)
                throw new TunnelProtocolException("more data on a stream than it had credit for");
            _allowance -= data.Length;
            if (_failure is not null)
                return;
            complete = _pending;
            _pending = false;
            if (complete)
            {
                read = Math.Min(data.Length, _pendingBuffer.Length);
                data[..read].CopyTo(_pendingBuffer);
                _pendingBuffer = default;
                data = data[read..];
                grant = Consume(read);
            }
            if (!data.IsEmpty)
                _chunks.Enqueue(data);
        }
        if (grant > 0)
            _grant(grant);
        if (complete)
            _result.SetResult(read);
    }

    /// <summary>The peer sends no more; what it sent stays readable.</summary>
    public void End()
    {
        bool complete;
        lock (_gate)
        {
            if (_ended)
                throw new TunnelProtocolException("a second end of a stream");
            _ended = true;
            complete = _pending;
            _pending = false;
            _pendingBuffer = default;
        }
        if (complete)
            _result.SetResult(0);
    }

    /// <summary>Ends reading with an error, and drops what was not read; after a clean end only where <paramref name="always"/> says so.</summary>
    public void Fail(Exception failure, bool always)
    {
        bool complete;
        lock (_gate)
        {
            if (_failure is not null || (_ended && !always))
                return;
            _failure = failure;
            _chunks.Clear();
            _headOffset = 0;
            complete = _pending;
            _pending = false;
            _pendingBuffer = default;
        }
        if (complete)
            _result.SetException(failure);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (half, token) => ((ReceiveHalf)half!).Cancel(token), this);
        return await _result.Task.ConfigureAwait(false);
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_pending)
                return;
            _pending = false;
            _pendingBuffer = default;
        }
        _result.SetException(new OperationCanceledException(cancellationToken));
    }

    private int Take(Span<byte> buffer)
    {
        int taken = 0;
        while (taken < buffer.Length && _chunks.TryPeek(out ReadOnlyMemory<byte> head))
        {
            ReadOnlySpan<byte> rest = head.Span[_headOffset..];
            int length = Math.Min(rest.Length, buffer.Length - taken);
            rest[..length].CopyTo(buffer[taken..]);
            taken += length;
            _headOffset += length;
            if (_headOffset == head.Length)
            {
                _chunks.Dequeue();
                _headOffset = 0;
            }
        }
        return taken;
    }

    private int Consume(int length)
    {
        _consumed += length;
        if (_consumed < GrantThreshold || _ended)
            return 0;
        int grant = _consumed;
        _consumed = 0;
        _allowance += grant;
        return grant;
    }
}
