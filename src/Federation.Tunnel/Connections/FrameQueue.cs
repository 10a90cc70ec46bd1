using System.Runtime.CompilerServices;
using Federation.Contracts.V1;
using Federation.Tunnel.Streams;
using Google.Protobuf;

namespace Federation.Tunnel.Connections;

/// <summary>
/// What a tunnel has to send. Streams with something to send stand in two queues: control frames go first (they are few and small, and
/// others wait for them), then data, one chunk a turn, so that no stream waits for more than one chunk of each other. A stream without credit
/// stands in no queue. State lives in the streams rather than in queued frames, so that memory stays bounded whatever the peer does.
/// </summary>
internal sealed class FrameQueue
{
    /// <summary>A chunk and its framing fit into one HTTP/2 data frame of 16 KiB.</summary>
    public const int MaxChunk = 16 * 1024 - 64;

    /// <summary>Pongs owed to a peer that pings without reading; beyond this it misbehaves.</summary>
    private const int MaxConnectionFrames = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<TunnelFrame> _connectionFrames = new();
    private readonly Queue<SendHalf> _control = new();
    private readonly Queue<SendHalf> _data = new();
    private readonly ReusableResult<bool> _wake = new();
    private bool _idle;
    private bool _closed;

    /// <summary>The next frame; null where none is ready.</summary>
    /// <param name="orWait">Whether to wait where none is ready.</param>
    /// <param name="half">Whose data the frame carries: call <see cref="Sent"/> when it is serialised.</param>
    /// <param name="length">Bytes of data in the frame.</param>
    /// <param name="wait">Ends when there may be a frame; null where one was taken, where waiting was not asked for, or where the queue is closed for good.</param>
    public TunnelFrame? Take(bool orWait, out SendHalf? half, out int length, out ValueTask<bool>? wait)
    {
        wait = null;
        lock (_gate)
        {
            TunnelFrame? frame = Take(out half, out length);
            if (frame is not null || !orWait || _closed)
                return frame;
            _idle = true;
            _wake.Reset();
            wait = _wake.Task;
            return null;
        }
    }

    /// <summary>Queues a frame of the connection itself.</summary>
    /// <exception cref="TunnelProtocolException">Too many wait already.</exception>
    public void Send(TunnelFrame frame)
    {
        bool wake;
        lock (_gate)
        {
            if (_closed)
                return;
            if (_connectionFrames.Count >= MaxConnectionFrames)
                throw new TunnelProtocolException("pings without reading the answers");
            _connectionFrames.Enqueue(frame);
            wake = ClaimWake();
        }
        Wake(wake);
    }

    /// <summary>Queues a stream's first frame.</summary>
    public void Open(SendHalf half, TunnelFrame opening)
    {
        bool wake;
        lock (_gate)
        {
            half.Opening = opening;
            wake = Schedule(half);
        }
        Wake(wake);
    }

    /// <summary>Says which trace the data written from now on belong to.</summary>
    public void Trace(SendHalf half, string traceparent)
    {
        bool wake;
        lock (_gate)
        {
            if (half.Failure is not null || half.EndQueued)
                return;
            half.Trace = traceparent;
            wake = Schedule(half);
        }
        Wake(wake);
    }

    /// <summary>Gives credit to the peer.</summary>
    public void Grant(SendHalf half, int bytes)
    {
        bool wake;
        lock (_gate)
        {
            half.Grant += bytes;
            wake = Schedule(half);
        }
        Wake(wake);
    }

    /// <summary>Takes credit from the peer.</summary>
    public void AddCredit(SendHalf half, uint bytes)
    {
        bool wake;
        lock (_gate)
        {
            half.Credit += bytes;
            if (bytes == 0 || half.Credit > int.MaxValue)
                throw new TunnelProtocolException("credit out of range");
            wake = Schedule(half);
        }
        Wake(wake);
    }

    /// <summary>Ends when all of the data are serialised, or taken over because they are few; the memory is read until then.</summary>
    public ValueTask WriteAsync(SendHalf half, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        bool wake;
        bool kept;
        lock (_gate)
        {
            if (half.Failure is not null)
                return ValueTask.FromException(half.Failure);
            if (half.EndQueued)
                return ValueTask.FromException(new InvalidOperationException("the stream's sending side has ended"));
            if (half.Writing)
                return ValueTask.FromException(new InvalidOperationException("a write is pending already"));
            if (data.IsEmpty)
                return ValueTask.CompletedTask;
            kept = half.TryKeep(data.Span);
            if (!kept)
            {
                half.Writing = true;
                half.Data = data;
                half.CancelledBy = null;
                half.Written.Reset();
            }
            wake = Schedule(half);
        }
        Wake(wake);
        if (kept)
            return ValueTask.CompletedTask;
        return cancellationToken.CanBeCanceled ? WaitAsync(half, cancellationToken) : half.Written.VoidTask;
    }

    /// <summary>Says that no more data come. False where the stream has ended or failed before.</summary>
    public bool TryEnd(SendHalf half)
    {
        bool wake;
        lock (_gate)
        {
            if (half.Failure is not null || half.EndQueued)
                return false;
            if (half.Writing)
                throw new InvalidOperationException("a write is pending");
            half.EndQueued = true;
            wake = Schedule(half);
        }
        Wake(wake);
        return true;
    }

    /// <summary>Whether the local side has ended, or a write is under way.</summary>
    public (bool Ended, bool Writing) State(SendHalf half)
    {
        lock (_gate)
            return (half.EndQueued, half.Writing);
    }

    /// <summary>Fails the pending write and all later ones; with a reason, tells the peer after what is queued already.</summary>
    public void Fail(SendHalf half, Exception failure, string? reset)
    {
        bool wake;
        bool complete;
        lock (_gate)
        {
            half.Failure ??= failure;
            half.Reset ??= reset;
            complete = half.Writing && !half.DataInFlight;
            if (complete)
            {
                half.Writing = false;
                half.Data = default;
            }
            DropFailed(half);
            wake = Schedule(half);
        }
        if (complete)
            half.Written.SetException(failure);
        Wake(wake);
    }

    /// <summary>Drops everything that is queued; the last frame, if any, is all that is taken from now on.</summary>
    public void Close(TunnelFrame? last)
    {
        bool wake;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            _connectionFrames.Clear();
            _control.Clear();
            _data.Clear();
            if (last is not null)
                _connectionFrames.Enqueue(last);
            wake = ClaimWake();
        }
        Wake(wake);
    }

    private TunnelFrame? Take(out SendHalf? half, out int length)
    {
        half = null;
        length = 0;
        if (_connectionFrames.TryDequeue(out TunnelFrame? frame))
            return frame;
        while (_control.TryDequeue(out SendHalf? next))
        {
            next.InControlQueue = false;
            if (!next.HasControl)
                continue;
            frame = next.TakeControl();
            Schedule(next);
            return frame;
        }
        while (_data.TryDequeue(out half))
        {
            half.InDataQueue = false;
            if (!half.HasData)
                continue;
            ReadOnlyMemory<byte> data = half.NextData;
            length = (int)Math.Min(Math.Min(data.Length, half.Credit), MaxChunk);
            half.InFlight = true;
            half.InFlightIsKept = half.Kept > 0;
            half.Credit -= length;
            return new TunnelFrame { Stream = half.Stream, Data = UnsafeByteOperations.UnsafeWrap(data[..length]) };
        }
        return null;
    }

    /// <summary>A part of a write is serialised; the write ends with its last part.</summary>
    public void Sent(SendHalf half, int length)
    {
        TunnelMetrics.Sent(length);
        Exception? failure;
        lock (_gate)
        {
            half.InFlight = false;
            if (half.InFlightIsKept)
            {
                half.KeptSent(length);
                DropFailed(half);
                Schedule(half);
                return;
            }
            half.Data = half.Data[length..];
            failure = half.Failure;
            if (failure is null && half.CancelledBy is { } cancelled && !half.Data.IsEmpty)
                failure = new OperationCanceledException(cancelled);
            if (failure is null && !half.Data.IsEmpty)
            {
                Schedule(half);
                return;
            }
            half.Writing = false;
            half.Data = default;
            Schedule(half);
        }
        if (failure is null)
            half.Written.SetResult(true);
        else
            half.Written.SetException(failure);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAsync(SendHalf half, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                (FrameQueue queue, SendHalf cancelled) = ((FrameQueue, SendHalf))state!;
                queue.Cancel(cancelled, token);
            },
            (this, half));
        await half.Written.VoidTask.ConfigureAwait(false);
    }

    private void Cancel(SendHalf half, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!half.Writing)
                return;
            if (half.DataInFlight)
            {
                half.CancelledBy = cancellationToken;
                return;
            }
            half.Writing = false;
            half.Data = default;
            Schedule(half);
        }
        half.Written.SetException(new OperationCanceledException(cancellationToken));
    }

    /// <summary>Nobody waits for what a stream keeps that the peer broke. Before an end or a reset of this side it is still sent: its writer was told so.</summary>
    private static void DropFailed(SendHalf half)
    {
        if (half.Failure is not null && half.Reset is null && !half.EndQueued && !half.InFlight)
            half.DropKept();
    }

    /// <summary>Puts the stream where it belongs now; true where the loop has to be woken.</summary>
    private bool Schedule(SendHalf half)
    {
        if (_closed)
            return false;
        if (!half.InControlQueue && half.HasControl)
        {
            half.InControlQueue = true;
            _control.Enqueue(half);
        }
        if (!half.InDataQueue && half.HasData)
        {
            half.InDataQueue = true;
            _data.Enqueue(half);
        }
        return (half.InControlQueue || half.InDataQueue) && ClaimWake();
    }

    private bool ClaimWake()
    {
        bool wake = _idle;
        _idle = false;
        return wake;
    }

    private void Wake(bool wake)
    {
        if (wake)
            _wake.SetResult(true);
    }
}
