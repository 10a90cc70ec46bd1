using System.Net.WebSockets;
using Federation.Adapters.Kubernetes.Client.Errors;

namespace Federation.Adapters.Kubernetes.Client.Streams;

/// <summary>A WebSocket whose messages each begin with their channel (<c>channel.k8s.io</c>). One reader; one writer at a time.</summary>
internal sealed class ChannelSocket(KubernetesClient client, KubernetesRequest request, HttpResponseMessage reply, WebSocket socket) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _channel = -1;

    /// <summary>The protocol that the server chose.</summary>
    public string? Protocol => socket.SubProtocol;

    /// <summary>The next piece of a message; its bytes are good until the next call. Null when the server has said farewell.</summary>
    /// <exception cref="KubernetesException">The stream broke.</exception>
    public async ValueTask<ChannelPiece?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ValueWebSocketReceiveResult got;
            try
            {
                got = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            }
            catch (Exception e) when (e is WebSocketException || KubernetesClient.IsBreak(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw client.Broken(request, e);
            }
            if (got.MessageType == WebSocketMessageType.Close) return null;
            ReadOnlyMemory<byte> bytes = _buffer.AsMemory(0, got.Count);
            if (_channel < 0)
            {
                if (bytes.IsEmpty) continue;
                _channel = bytes.Span[0];
                bytes = bytes[1..];
            }
            var piece = new ChannelPiece(_channel, bytes, got.EndOfMessage);
            if (got.EndOfMessage) _channel = -1;
            return piece;
        }
    }

    /// <summary>Sends a message on a channel.</summary>
    /// <exception cref="KubernetesException">The stream broke.</exception>
    public async Task SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        byte[] message = new byte[bytes.Length + 1];
        message[0] = channel;
        bytes.CopyTo(message.AsMemory(1));
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException || KubernetesClient.IsBreak(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw client.Broken(request, e);
        }
    }

    /// <summary>What a server says that cannot be read.</summary>
    public KubernetesException Unreadable(string what) => client.Failed(FailureKind.Unreadable, request, what);

    /// <summary>What a server says that is a refusal.</summary>
    public KubernetesException Refused(string what) => client.Failed(FailureKind.Refused, request, what);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (socket.State == WebSocketState.Open) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            // Gone already, which is what was wanted.
        }
        finally
        {
            socket.Dispose();
            reply.Dispose();
        }
    }
}

/// <summary>Some bytes of a message.</summary>
/// <param name="Channel">Its channel.</param>
/// <param name="Bytes">They may be none: an empty message opens a channel.</param>
/// <param name="Ends">Whether they are the message's last.</param>
internal readonly record struct ChannelPiece(int Channel, ReadOnlyMemory<byte> Bytes, bool Ends);
