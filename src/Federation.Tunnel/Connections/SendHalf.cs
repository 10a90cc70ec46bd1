using Federation.Contracts.V1;
using Federation.Tunnel.Streams;

namespace Federation.Tunnel.Connections;

/// <summary>What one stream still has to send. Every member is guarded by the lock of the <see cref="FrameQueue"/>.</summary>
internal sealed class SendHalf(uint stream)
{
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

    public bool Writing { get; set; }

    /// <summary>A part of <see cref="Data"/> is being serialised: the write cannot end now.</summary>
    public bool InFlight { get; set; }

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
        || (!ResetSent && ((Trace is not null && Failure is null) || (Grant > 0 && Failure is null) || (!Writing && ((EndQueued && !EndSent) || Reset is not null))));

    public bool HasData => Writing && !InFlight && Credit > 0;

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
