using System.Net.Sockets;
using Federation.Engine.Streams;

namespace Federation.Engine.Containers;

/// <summary>A command that runs inside a container, over a connection of its own. Closing it takes its input away; it does not end the command.</summary>
public sealed class ExecStream : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly HttpResponseMessage _reply;
    private readonly Stream _stream;
    private readonly Socket _socket;
    private readonly bool _tty;

    internal ExecStream(string id, HttpMessageInvoker http, HttpResponseMessage reply, Stream stream, Socket socket, bool tty) =>
        (Id, _http, _reply, _stream, _socket, _tty) = (id, http, reply, stream, socket, tty);

    /// <summary>The engine's id for it.</summary>
    public string Id { get; }

    /// <summary>What it writes, until it ends. Read once.</summary>
    public IAsyncEnumerable<OutputPiece> ReadAsync(CancellationToken cancellationToken) => OutputReader.ReadAsync(_stream, _tty, cancellationToken);

    /// <summary>Sends input.</summary>
    /// <exception cref="IOException">It reads no more.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(input, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>Ends the input; the output goes on.</summary>
    public void EndInput()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other end is gone: so is its need for input.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _reply.Dispose();
        _http.Dispose();
    }
}
