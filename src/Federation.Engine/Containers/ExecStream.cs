using System.Net.Security;
using System.Net.Sockets;
using Federation.Engine.Streams;

namespace Federation.Engine.Containers;

/// <summary>A command that runs inside a container, over a connection of its own. Closing it takes its input away; it does not end the command.</summary>
public sealed class ExecStream : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly HttpResponseMessage _reply;
    private readonly Stream _stream;
    private readonly Stream _connection;
    private readonly bool _tty;
    private readonly SemaphoreSlim _writing = new(1);
    private bool _inputEnded;

    internal ExecStream(string id, HttpMessageInvoker http, HttpResponseMessage reply, Stream stream, Stream connection, bool tty) =>
        (Id, _http, _reply, _stream, _connection, _tty) = (id, http, reply, stream, connection, tty);

    /// <summary>The engine's id for it.</summary>
    public string Id { get; }

    /// <summary>What it writes, until it ends. Read once.</summary>
    public IAsyncEnumerable<OutputPiece> ReadAsync(CancellationToken cancellationToken) => OutputReader.ReadAsync(_stream, _tty, cancellationToken);

    /// <summary>Sends input.</summary>
    /// <exception cref="IOException">It reads no more, or its input was ended.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_inputEnded) throw new IOException("the command's input was ended");
            await _stream.WriteAsync(input, cancellationToken);
            await _stream.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the input, after what is being sent; the output goes on. Idempotent.</summary>
    public async Task EndInputAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_inputEnded) return;
            _inputEnded = true;
            // TLS has a word of its own for it. What stands in between may take the end of the socket's one half for the end of both.
            if (_connection is SslStream tls) await tls.ShutdownAsync().WaitAsync(cancellationToken);
            else ((NetworkStream)_connection).Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The other end is gone: so is its need for input.
        }
        finally
        {
            _writing.Release();
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
