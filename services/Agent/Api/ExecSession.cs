using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Federation.Adapters.Node.Processes;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Api;

/// <summary>One command beside a replica, with input and, if asked for, a terminal; over a WebSocket by <see cref="ExecChannel"/>. It ends with its caller.</summary>
internal sealed class ExecSession
{
    private static readonly TimeSpan TerminalWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);
    private readonly WebSocket _socket;
    private readonly Process _process;
    private readonly PseudoTerminal? _terminal;
    private readonly SemaphoreSlim _sending = new(1);

    private ExecSession(WebSocket socket, Process process, PseudoTerminal? terminal) => (_socket, _process, _terminal) = (socket, process, terminal);

    public static async Task<IResult> HandleAsync(string id, HttpContext context, ProcessReplicaHost host)
    {
        IQueryCollection query = context.Request.Query;
        string[] command = [.. query["command"].OfType<string>()];
        if (command.Length == 0) return Results.Problem("the query has no command=PROGRAM", statusCode: 400, title: "No command");
        // The same answer for those who only ask and those who would begin: a refusal has a reason to read.
        if (!host.HasBegun(new ReplicaId(id))) return Results.Problem($"replica {id} does not run on this node", statusCode: 404, title: "No such replica", type: ProblemTypes.NotFound);
        if (!context.WebSockets.IsWebSocketRequest) return Results.Problem("a command with input is spoken with over a WebSocket", statusCode: 426, title: "An upgrade is needed");
        using PseudoTerminal? terminal = query["tty"] == "true" ? PseudoTerminal.Open() : null;
        if (terminal is not null && Size(query["columns"], query["rows"]) is { } size) terminal.Resize(size.Columns, size.Rows);
        using Process? process = host.StartCommand(new ReplicaId(id), command, terminal);
        if (process is null) return Results.Problem($"replica {id} does not run on this node", statusCode: 404, title: "No such replica", type: ProblemTypes.NotFound);
        try
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await new ExecSession(socket, process, terminal).RunAsync(query["stdin"] == "true", context.RequestAborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
        {
            // The caller is gone: its command goes too.
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        return Results.Empty;
    }

    private static (int Columns, int Rows)? Size(string? columns, string? rows) =>
        int.TryParse(columns, CultureInfo.InvariantCulture, out int width) && int.TryParse(rows, CultureInfo.InvariantCulture, out int height) ? (width, height) : null;

    private async Task RunAsync(bool input, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!input || _terminal is not null) _process.StandardInput.Close();
        Task reading = ReceiveAsync(input, ending.Token);
        Task[] output = _terminal is not null
            ? [Task.Factory.StartNew(() => PumpTerminal(ending.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()]
            : [PumpAsync(_process.StandardOutput.BaseStream, ExecChannel.Output, ending.Token), PumpAsync(_process.StandardError.BaseStream, ExecChannel.Error, ending.Token)];
        Task ended = EndAsync(output, ending.Token);
        // The caller's end ends the command; the command's end ends the call.
        Task first = await Task.WhenAny(ended, reading);
        // A receive that is broken off aborts the socket, with the exit code that is on its way: the caller closes its side first.
        if (first == ended && ended.IsCompletedSuccessfully) await Task.WhenAny(reading, Task.Delay(LastWords, cancellationToken));
        await ending.CancelAsync();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        foreach (Task task in (Task[])[ended, reading, .. output])
        {
            try
            {
                await task;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
            {
                // Its other end is gone, as was asked for.
            }
        }
    }

    private async Task EndAsync(Task[] output, CancellationToken cancellationToken)
    {
        await Task.WhenAll(output);
        await _process.WaitForExitAsync(cancellationToken);
        await SendAsync(ExecChannel.Exit, Encoding.ASCII.GetBytes(_process.ExitCode.ToString(CultureInfo.InvariantCulture)), cancellationToken);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    private async Task PumpAsync(Stream source, byte channel, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ExecChannel.LargestMessage];
        for (int read; (read = await source.ReadAsync(buffer.AsMemory(1), cancellationToken)) > 0;) await SendAsync(buffer, channel, read, cancellationToken);
    }

    // A terminal is read in a thread of its own: the kernel has no way to wait for it otherwise.
    private async Task PumpTerminal(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ExecChannel.LargestMessage];
        while (!cancellationToken.IsCancellationRequested)
        {
            bool over = _process.HasExited;
            int read = _terminal!.Read(buffer.AsSpan(1), TerminalWait);
            if (read > 0) await SendAsync(buffer, ExecChannel.Output, read, cancellationToken);
            // What it left in the background may hold the terminal: its own end is enough.
            else if (read == 0 ? over || !_process.HasExited && await HungUpAsync(cancellationToken) : over) return;
        }
    }

    // The shell that opens the terminal may not have come to it yet: until then nobody has it open.
    private static async Task<bool> HungUpAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TerminalWait / 10, cancellationToken);
        return false;
    }

    private Task SendAsync(byte channel, byte[] payload, CancellationToken cancellationToken)
    {
        byte[] message = [channel, .. payload];
        return SendAsync(message, channel, payload.Length, cancellationToken);
    }

    // The buffer's first byte is the channel's; the payload lies behind it.
    private async Task SendAsync(byte[] buffer, byte channel, int length, CancellationToken cancellationToken)
    {
        buffer[0] = channel;
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(buffer.AsMemory(0, length + 1), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync(bool input, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ExecChannel.LargestMessage];
        while (true)
        {
            int length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                if (length == buffer.Length) throw new IOException("the caller's message is too long");
                received = await _socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close) return;
                length += received.Count;
            }
            while (!received.EndOfMessage);
            if (length == 0) continue;
            await TakeAsync(buffer[0], buffer.AsMemory(1, length - 1), input, cancellationToken);
        }
    }

    private async Task TakeAsync(byte channel, ReadOnlyMemory<byte> payload, bool input, CancellationToken cancellationToken)
    {
        if (channel == ExecChannel.Size)
        {
            if (Encoding.ASCII.GetString(payload.Span).Split(' ') is [var columns, var rows] && Size(columns, rows) is { } size) _terminal?.Resize(size.Columns, size.Rows);
            return;
        }
        if (channel != ExecChannel.Input || !input) return;
        try
        {
            if (_terminal is not null)
            {
                // A terminal's input ends by the character that says so.
                _terminal.Write(payload.IsEmpty ? "\u0004"u8 : payload.Span);
                return;
            }
            if (payload.IsEmpty)
            {
                _process.StandardInput.Close();
                return;
            }
            await _process.StandardInput.BaseStream.WriteAsync(payload, cancellationToken);
            await _process.StandardInput.BaseStream.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It reads no more; what it writes is still wanted.
        }
    }
}
