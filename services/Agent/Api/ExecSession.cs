using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Federation.Adapters.Node.Commands;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Api;

/// <summary>One command beside a replica, with input and, if asked for, a terminal; over a WebSocket by <see cref="ExecChannel"/>. It ends with its caller.</summary>
internal sealed class ExecSession
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);
    private readonly WebSocket _socket;
    private readonly IReplicaCommand _command;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _message = new byte[ExecChannel.LargestMessage];

    private ExecSession(WebSocket socket, IReplicaCommand command) => (_socket, _command) = (socket, command);

    public static async Task<IResult> HandleAsync(string id, HttpContext context, IReplicaCommands commands)
    {
        IQueryCollection query = context.Request.Query;
        string[] command = [.. query["command"].OfType<string>()];
        if (command.Length == 0) return Results.Problem("the query has no command=PROGRAM", statusCode: 400, title: "No command");
        // The same answer for those who only ask and those who would begin: a refusal has a reason to read.
        if (!commands.HasBegun(new ReplicaId(id))) return Results.Problem($"replica {id} does not run on this node", statusCode: 404, title: "No such replica", type: ProblemTypes.NotFound);
        if (!context.WebSockets.IsWebSocketRequest) return Results.Problem("a command with input is spoken with over a WebSocket", statusCode: 426, title: "An upgrade is needed");
        bool input = query["stdin"] == "true";
        CommandTerminal? terminal = query["tty"] != "true" ? null : Size(query["columns"], query["rows"]) is { } size ? new(size.Columns, size.Rows) : new(null, null);
        IReplicaCommand? running;
        try
        {
            running = await commands.RunCommandAsync(new ReplicaId(id), command, terminal, input, context.RequestAborted);
        }
        catch (IOException e)
        {
            return Results.Problem(e.Message, statusCode: 502, title: "The command could not be started");
        }
        if (running is null) return Results.Problem($"replica {id} does not run on this node", statusCode: 404, title: "No such replica", type: ProblemTypes.NotFound);
        await using (running)
        {
            try
            {
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                await new ExecSession(socket, running).RunAsync(input, context.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
            {
                // The caller is gone: its command goes too.
            }
        }
        return Results.Empty;
    }

    private static (int Columns, int Rows)? Size(string? columns, string? rows) =>
        int.TryParse(columns, CultureInfo.InvariantCulture, out int width) && int.TryParse(rows, CultureInfo.InvariantCulture, out int height) ? (width, height) : null;

    private async Task RunAsync(bool input, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = ReceiveAsync(input, ending.Token);
        Task output = _command.CopyOutputAsync((error, piece, stop) => new ValueTask(SendAsync(error ? ExecChannel.Error : ExecChannel.Output, piece, stop)), ending.Token);
        Task ended = EndAsync(output, ending.Token);
        // The caller's end ends the command; the command's end ends the call.
        Task first = await Task.WhenAny(ended, reading);
        // A receive that is broken off aborts the socket, with the exit code that is on its way: the caller closes its side first.
        if (first == ended && ended.IsCompletedSuccessfully) await Task.WhenAny(reading, Task.Delay(LastWords, cancellationToken));
        await ending.CancelAsync();
        await _command.EndAsync();
        foreach (Task task in (Task[])[ended, reading, output])
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

    private async Task EndAsync(Task output, CancellationToken cancellationToken)
    {
        await output;
        int code = await _command.WaitAsync(cancellationToken);
        await SendAsync(ExecChannel.Exit, Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture)), cancellationToken);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    // A message is its channel's byte and the payload.
    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            do
            {
                int length = Math.Min(payload.Length, _message.Length - 1);
                _message[0] = channel;
                payload.Span[..length].CopyTo(_message.AsSpan(1));
                payload = payload[length..];
                await _socket.SendAsync(_message.AsMemory(0, length + 1), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            while (payload.Length > 0);
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
            if (Encoding.ASCII.GetString(payload.Span).Split(' ') is [var columns, var rows] && Size(columns, rows) is { } size) await _command.ResizeAsync(size.Columns, size.Rows, cancellationToken);
            return;
        }
        if (channel != ExecChannel.Input || !input) return;
        // An empty message ends the input.
        if (payload.IsEmpty) await _command.EndInputAsync(cancellationToken);
        else await _command.WriteAsync(payload, cancellationToken);
    }
}
