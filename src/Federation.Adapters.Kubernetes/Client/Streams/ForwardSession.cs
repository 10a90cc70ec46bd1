using System.Text;
using Federation.Adapters.Kubernetes.Client.Errors;

namespace Federation.Adapters.Kubernetes.Client.Streams;

/// <summary>
/// A connection to a port of a pod, which its node makes, over a WebSocket with one channel for bytes and one for what goes wrong. Each begins with the port's number in two bytes, the low one first. That
/// one side has nothing more to say cannot be told: the connection ends as a whole. One reader; one writer at a time.
/// </summary>
internal sealed class ForwardSession(ChannelSocket socket) : IAsyncDisposable
{
    public const string Version4 = "v4.channel.k8s.io";

    private const byte DataChannel = 0, ErrorChannel = 1;
    private const int PortBytes = 2, MostErrorBytes = 4096;

    private readonly MemoryStream _error = new();
    private readonly int[] _begun = new int[2];
    private Task<ReadOnlyMemory<byte>>? _first;

    /// <summary>Waits a moment for the node to say that nothing listens there: it says so at once, and of a connection that came about it says nothing. Before the first read.</summary>
    /// <exception cref="KubernetesException">It says so.</exception>
    public async Task SettleAsync(TimeSpan moment, TimeProvider time, CancellationToken cancellationToken)
    {
        // A receive that is given up takes the connection along: it stays, and is the first read.
        _first = ReceiveAsync(CancellationToken.None).AsTask();
        await Task.WhenAny(_first, Task.Delay(moment, time, cancellationToken));
        if (_first.IsFaulted) await _first;
    }

    /// <summary>What the port sends next; good until the next call. Empty at the end.</summary>
    /// <exception cref="KubernetesException">The node could not connect to it, or the stream broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_first is not { } first) return await ReceiveAsync(cancellationToken);
        ReadOnlyMemory<byte> bytes = await first.WaitAsync(cancellationToken);
        _first = null;
        return bytes;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (await socket.ReceiveAsync(cancellationToken) is { } piece)
        {
            if (piece.Channel > ErrorChannel) continue;
            ReadOnlyMemory<byte> bytes = piece.Bytes;
            int head = Math.Min(PortBytes - _begun[piece.Channel], bytes.Length);
            _begun[piece.Channel] += head;
            bytes = bytes[head..];
            if (bytes.IsEmpty) continue;
            if (piece.Channel == DataChannel) return bytes;
            if (_error.Length + bytes.Length <= MostErrorBytes) _error.Write(bytes.Span);
            if (piece.Ends) throw socket.Refused(Encoding.UTF8.GetString(_error.GetBuffer(), 0, (int)_error.Length).Trim());
        }
        return ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>Sends bytes to the port.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => socket.SendAsync(DataChannel, bytes, cancellationToken);

    public ValueTask DisposeAsync() => socket.DisposeAsync();
}
