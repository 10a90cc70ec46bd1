using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Streams;

namespace Federation.Tunnel.Dialing;

/// <summary>Joins tunnel streams to TCP: how an Agent reaches its replicas' ports.</summary>
public static class TunnelRelay
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Dials the target and, once it answers, accepts the stream and carries bytes both ways with half-closes; refuses where it does not answer.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Gives up dialling.</param>
    /// <param name="observer">Told what passes, if anyone wants to know.</param>
    public static async ValueTask<TunnelDecision> ConnectAsync(IPEndPoint target, CancellationToken cancellationToken, IRelayObserver? observer = null)
    {
        try
        {
            return await DialAsync(target, cancellationToken, observer).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            return new TunnelDecision.Refuse($"{target}: {e.Message}");
        }
    }

    /// <summary>Does what <see cref="ConnectAsync"/> does, for who does something else where the target does not answer.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Gives up dialling.</param>
    /// <param name="observer">Told what passes, if anyone wants to know.</param>
    /// <exception cref="SocketException">The target does not answer.</exception>
    public static async ValueTask<TunnelDecision> DialAsync(IPEndPoint target, CancellationToken cancellationToken, IRelayObserver? observer = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        Socket socket = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new TunnelDecision.Accept((stream, ct) => RelayAsync(stream, socket, observer, ct));
    }

    private static async Task RelayAsync(TunnelStream stream, Socket socket, IRelayObserver? observer, CancellationToken cancellationToken)
    {
        if (observer is not null)
            stream.FollowTrace(observer.TraceChanged);
        using (socket)
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task inbound = InboundAsync(stream, socket, either.Token);
            Task outbound = OutboundAsync(socket, stream, observer, either.Token);
            Task first = await Task.WhenAny(inbound, outbound).ConfigureAwait(false);
            // One direction broke: the other would wait for bytes that nobody wants.
            if (!first.IsCompletedSuccessfully)
                await either.CancelAsync().ConfigureAwait(false);
            try
            {
                await Task.WhenAll(inbound, outbound).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                throw new IOException($"the target's connection broke: {e.Message}", e);
            }
            finally
            {
                observer?.Ended();
            }
        }
    }

    private static async Task InboundAsync(TunnelStream stream, Socket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            // An idle connection holds no buffer.
            await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                int read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    break;
                for (int sent = 0; sent < read;)
                    sent += await socket.SendAsync(buffer.AsMemory(sent, read - sent), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task OutboundAsync(Socket socket, TunnelStream stream, IRelayObserver? observer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                int read = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    break;
                observer?.Answered();
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        stream.CompleteWrites();
    }
}
