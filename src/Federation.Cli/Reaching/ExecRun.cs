using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Federation.Contracts.Api;

namespace Federation.Cli.Reaching;

/// <summary>A command elsewhere, with this console as its own.</summary>
internal sealed class ExecRun(WebSocket socket, CliConsole console) : IDisposable
{
    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>Passes input and output on until the command has ended.</summary>
    /// <param name="input">Where input comes from; none if null.</param>
    /// <param name="ct">Ends the command.</param>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(Stream? input, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // Reading a terminal cannot be broken off: it is left behind when the command has ended.
        Task? typing = input is null ? null : SendInputAsync(input, ending.Token);
        try
        {
            return await ReceiveAsync(ct);
        }
        finally
        {
            await ending.CancelAsync();
            if (typing is { IsCompleted: true, Exception: { InnerException: { } failure } } && failure is not (OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)) throw failure;
        }
    }

    /// <summary>Tells how large the terminal is now.</summary>
    public Task ResizeAsync(int columns, int rows, CancellationToken ct) =>
        SendAsync(ExecChannel.Size, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{columns} {rows}")), ct);

    public void Dispose()
    {
        _sending.Dispose();
        socket.Dispose();
    }

    private async Task SendInputAsync(Stream input, CancellationToken ct)
    {
        byte[] buffer = new byte[ExecChannel.LargestMessage - 1];
        for (int read; (read = await input.ReadAsync(buffer, ct)) > 0;) await SendAsync(ExecChannel.Input, buffer.AsMemory(0, read), ct);
        await SendAsync(ExecChannel.Input, ReadOnlyMemory<byte>.Empty, ct);
    }

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        byte[] message = [channel, .. payload.Span];
        await _sending.WaitAsync(ct);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<int> ReceiveAsync(CancellationToken ct)
    {
        await using var output = new TextOrBytes(console.OpenOut?.Invoke(), console.Out);
        await using var error = new TextOrBytes(console.OpenError?.Invoke(), console.Error);
        byte[] buffer = new byte[ExecChannel.LargestMessage];
        int? code = null;
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                if (length == buffer.Length) throw new IOException("a message of the command is too long");
                received = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
                if (received.MessageType == WebSocketMessageType.Close && code is not null) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
                if (received.MessageType == WebSocketMessageType.Close) return code ?? throw new IOException("the connection to the replica's node was lost; whether the command ended is not known");
                length += received.Count;
            }
            while (!received.EndOfMessage);
            if (length == 0) continue;
            ReadOnlyMemory<byte> payload = buffer.AsMemory(1, length - 1);
            if (buffer[0] == ExecChannel.Output) await output.WriteAsync(payload, ct);
            else if (buffer[0] == ExecChannel.Error) await error.WriteAsync(payload, ct);
            else if (buffer[0] == ExecChannel.Exit && int.TryParse(payload.Span, CultureInfo.InvariantCulture, out int ended)) code = ended;
        }
    }

    // Bytes as they are to a real console; to a text writer by way of UTF-8, whose letters may be cut anywhere.
    private sealed class TextOrBytes(Stream? bytes, TextWriter text) : IAsyncDisposable
    {
        private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

        public async Task WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
        {
            if (bytes is not null)
            {
                await bytes.WriteAsync(payload, ct);
                await bytes.FlushAsync(ct);
                return;
            }
            char[] letters = new char[payload.Length + 1];
            int count = _decoder.GetChars(payload.Span, letters, flush: false);
            await text.WriteAsync(letters.AsMemory(0, count), ct);
            await text.FlushAsync(ct);
        }

        public ValueTask DisposeAsync() => bytes?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
