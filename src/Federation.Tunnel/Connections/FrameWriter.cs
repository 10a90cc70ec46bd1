using Federation.Contracts.V1;
using Federation.Grpc.Streams;

namespace Federation.Tunnel.Connections;

/// <summary>The one loop that sends a tunnel's frames. Frames that are ready together are flushed together, where the transport can.</summary>
internal sealed class FrameWriter(FrameQueue queue, IMessageStream<TunnelFrame, TunnelFrame> transport)
{
    private const int FlushThreshold = 128 * 1024;

    private readonly IBufferedMessageSender<TunnelFrame>? _buffer = transport as IBufferedMessageSender<TunnelFrame>;

    /// <summary>Sends until the queue is closed and what it was closed with is sent.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int buffered = 0;
        while (true)
        {
            TunnelFrame? frame = queue.Take(orWait: buffered == 0, out SendHalf? half, out int length, out ValueTask<bool>? wait);
            if (wait is not null)
            {
                await wait.Value.ConfigureAwait(false);
                continue;
            }
            if (frame is null && buffered == 0)
                return;
            if (frame is not null)
                buffered += await SendAsync(frame, half, length, cancellationToken).ConfigureAwait(false);
            if (buffered > 0 && (frame is null || buffered >= FlushThreshold))
            {
                await _buffer!.FlushAsync(cancellationToken).ConfigureAwait(false);
                buffered = 0;
            }
        }
    }

    private async ValueTask<int> SendAsync(TunnelFrame frame, SendHalf? half, int length, CancellationToken cancellationToken)
    {
        try
        {
            if (_buffer is not null)
                return _buffer.Buffer(frame);
            await transport.SendAsync(frame, cancellationToken).ConfigureAwait(false);
            return 0;
        }
        finally
        {
            if (length > 0)
                queue.Sent(half!, length);
        }
    }
}
