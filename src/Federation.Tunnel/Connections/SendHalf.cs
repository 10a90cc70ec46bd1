using System.Buffers;
using Federation.Contracts.V1;
using Federation.Tunnel.Streams;

namespace Federation.Tunnel.Connections;

/// <summary>What one stream still has to send. Every member is guarded by the lock of the <see cref="FrameQueue"/>.</summary>
internal sealed class SendHalf(uint stream)
{
    /// <summary>The most that is kept of writes that have ended. A request's or answer's head fits in, so that its writer need not wait for the one loop that sends.</summary>
    public const int MaxKept = 4096;

    private byte[]? _kept;
    private int _keptStart;
    private int _keptEnd;

    public uint Stream { get; } = stream;

    /// <summary>Ends the pending write.</summary>
    public ReusableResult<bool> Written { get; } = new();

    /// <summary>The stream's first frame, while it is not sent: its opening, or the answer to the peer's.</summary>
    public TunnelFrame? Opening { get; set; }

    /// <summary>The trace that the data from here on belong to, while the peer is not told.</summary>
    public string? Trace { get; set; }

    /// <summary>Credit to give to the peer.</summary>
    public int Grant { get; set; }

    /// <summary>Credit that the peer gave.</summary>
    public long Credit { get; set; } = TunnelOptions.InitialWindow;

    /// <summary>The rest of the pending write: the caller's own memory, which is why the write ends only when it is serialised.</summary>
    public ReadOnlyMemory<byte> Data { get; set; }

    /// <summary>Bytes of writes that have ended, kept here until they are serialised; they go before <see cref="Data"/>, and there is credit for them.</summary>
    public int Kept => _keptEnd - _keptStart;

    public bool Writing { get; set; }

    /// <summary>A part of what is to be sent is being serialised: a write it belongs to cannot end now.</summary>
    public bool InFlight { get; set; }

    /// <summary>What is in flight is of what is kept, not of the pending write.</summary>
    public bool InFlightIsKept { get; set; }

    /// <summary>A part of <see cref="Data"/> is in flight.</summary>
    public bool DataInFlight => InFlight && !InFlightIsKept;

    public CancellationToken? CancelledBy { get; set; }

    public bool EndQueued { get; set; }

    public bool EndSent { get; set; }

    /// <summary>Why the stream is to be reset, after everything else that is queued.</summary>
    public string? Reset { get; set; }

    public bool ResetSent { get; set; }

    /// <summary>Why nothing can be written any more.</summary>
    public Exception? Failure { get; set; }

    public bool InControlQueue { get; set; }

    public bool InDataQueue { get; set; }

    public bool HasControl => Opening is not null
        || (!ResetSent && ((Trace is not null && Failure is null) || (Grant > 0 && Failure is null) || (!Writing && Kept == 0 && ((EndQueued && !EndSent) || Reset is not null))));

    public bool HasData => (Writing || Kept > 0) && !InFlight && Credit > 0;

    /// <summary>What is to be sent next.</summary>
    public ReadOnlyMemory<byte> NextData => Kept > 0 ? _kept.AsMemory(_keptStart, Kept) : Data;

    /// <summary>Takes a write's bytes over, so that it ends at once; false where they are too many, or more than there is credit for.</summary>
    public bool TryKeep(ReadOnlySpan<byte> data)
    {
        if (data.Length > MaxKept - _keptEnd || Kept + data.Length > Credit)
            return false;
        _kept ??= ArrayPool<byte>.Shared.Rent(MaxKept);
        data.CopyTo(_kept.AsSpan(_keptEnd));
        _keptEnd += data.Length;
        return true;
    }

    /// <summary>So much of what is kept is serialised.</summary>
    public void KeptSent(int length)
    {
        _keptStart += length;
        if (Kept == 0)
            DropKept();
    }

    /// <summary>Forgets what is kept; nothing of it may be in flight.</summary>
    public void DropKept()
    {
        if (_kept is not null)
            ArrayPool<byte>.Shared.Return(_kept);
        _kept = null;
        _keptStart = _keptEnd = 0;
    }

    /// <summary>The next frame that carries no data. Call only where <see cref="HasControl"/>.</summary>
    public TunnelFrame TakeControl()
    {
        if (Opening is { } opening)
        {
            Opening = null;
            return opening;
        }
        TunnelFrame frame = new() { Stream = Stream };
        if (Trace is not null && Failure is null)
        {
            frame.Trace = Trace;
            Trace = null;
        }
        else if (Grant > 0 && Failure is null)
        {
            frame.Window = (uint)Grant;
            Grant = 0;
        }
        else if (EndQueued && !EndSent)
        {
            frame.End = true;
            EndSent = true;
        }
        else
        {
            frame.Reset = Reset;
            ResetSent = true;
        }
        return frame;
    }
}
