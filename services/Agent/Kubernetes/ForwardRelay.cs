using System.Buffers;
using Federation.Adapters.Kubernetes.Reaching;
using Federation.Tunnel.Streams;

namespace Federation.Agent.Kubernetes;

/// <summary>Joins a tunnel stream to a port that is reached through the API server. The port cannot be told that nothing more comes: when the caller has ended, what it still sends is carried until it pauses.</summary>
internal static class ForwardRelay
{
    private const int BufferSize = 32 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Carries bytes both ways until either side has ended.</summary>
    /// <exception cref="IOException">The port cannot be reached there, or a connection broke.</exception>
    public static async Task CarryAsync(TunnelStream stream, PodForward forward, CancellationToken cancellationToken)
    {
        await using (forward)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(either.Token);
            Task inbound = InboundAsync(stream, forward, either.Token), outbound = OutboundAsync(stream, forward, inbound, pause, either.Token);
            Task first = await Task.WhenAny(inbound, outbound);
            if (first == inbound && inbound.IsCompletedSuccessfully) pause.CancelAfter(Pause);
            else await either.CancelAsync();
            try
            {
                await (first == inbound ? outbound : inbound);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // One side is gone, and nobody hears the other.
            }
            await first;
        }
    }

    private static async Task InboundAsync(TunnelStream stream, PodForward forward, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read) await forward.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task OutboundAsync(TunnelStream stream, PodForward forward, Task inbound, CancellationTokenSource pause, CancellationToken cancellationToken)
    {
        try
        {
            while (await forward.ReadAsync(pause.Token) is { IsEmpty: false } bytes)
            {
                await stream.WriteAsync(bytes, pause.Token);
                if (inbound.IsCompletedSuccessfully) pause.CancelAfter(Pause);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The port pauses, and its caller has ended.
        }
        stream.CompleteWrites();
    }
}
