using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Chance;
using Federation.TestKit.Http;
using Microsoft.AspNetCore.Http;

namespace Federation.TestKit.Kubernetes.Recordings;

/// <summary>
/// Answers as the recorded server did: each request with what was recorded for it, several recordings of one request in their order and the last of them for ever. Streams
/// come in pieces of any size, as fast as they are read. What was not put into it is answered 501, and is in <see cref="Unknown"/>.
/// </summary>
public sealed class RecordedApiServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Recording>> _recordings = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _unknown = [];
    private readonly IChance _chance;
    private readonly SemaphoreSlim _cut = new(0);
    private LoopbackServer? _server;

    private RecordedApiServer(IChance chance) => _chance = chance;

    /// <summary>Where it listens.</summary>
    public Uri Address => _server!.Address;

    /// <summary>Requests for which there was no recording.</summary>
    public IReadOnlyCollection<string> Unknown => _unknown;

    /// <summary>Starts one that knows nothing.</summary>
    /// <param name="chance">Cuts streams into pieces.</param>
    public static async Task<RecordedApiServer> StartAsync(IChance chance)
    {
        var server = new RecordedApiServer(chance);
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    /// <summary>Has it answer as recorded.</summary>
    /// <param name="recording">What was recorded.</param>
    /// <param name="path">The path and query that it is the answer to, where the recorder asked in another way.</param>
    public void Play(Recording recording, string? path = null) =>
        _recordings.GetOrAdd(Recording.KeyOf(recording.Method, path ?? recording.Path), static _ => []).Enqueue(recording);

    /// <summary>Cuts one stream that was recorded to break and has come to its last byte.</summary>
    public void Cut() => _cut.Release();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        string key = Recording.KeyOf(context.Request.Method, context.Request.Path + context.Request.QueryString);
        if (!_recordings.TryGetValue(key, out ConcurrentQueue<Recording>? queue) || !queue.TryPeek(out Recording? recording))
        {
            _unknown.Enqueue(key);
            context.Response.StatusCode = StatusCodes.Status501NotImplemented;
            await context.Response.WriteAsync($"no recording of {key}");
            return;
        }
        if (queue.Count > 1) queue.TryDequeue(out recording);
        if (recording!.Frames is { } frames && recording.Status == StatusCodes.Status101SwitchingProtocols)
        {
            await TalkAsync(context, recording, frames);
            return;
        }
        context.Response.StatusCode = recording.Status;
        foreach (string header in new[] { "content-type", "retry-after", "warning" })
            if (recording.Header(header) is { } value) context.Response.Headers[header] = value;
        if (recording.Events is null && recording.Chunks is null)
        {
            if (recording.Body.Length > 0) await context.Response.WriteAsync(recording.Body);
            return;
        }
        await context.Response.Body.FlushAsync();
        string text = recording.Events is { } events ? string.Concat(events.Select(static told => told.ToJsonString() + "\n")) : string.Concat(recording.Chunks!);
        await PiecesAsync(context, Encoding.UTF8.GetBytes(text));
        if (recording.ClosedBy == "client") await UntilLeftAsync(context);
        else if (recording.ClosedBy != "server")
        {
            // What is cut takes along what the client has not read: the test says when.
            await _cut.WaitAsync(context.RequestAborted);
            context.Abort();
        }
    }

    private async Task PiecesAsync(HttpContext context, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(1 + _chance.Next(20_000), bytes.Length - at);
            await context.Response.Body.WriteAsync(bytes.AsMemory(at, length), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            at += length;
        }
    }

    private static Task UntilLeftAsync(HttpContext context)
    {
        var left = new TaskCompletionSource();
        context.RequestAborted.Register(left.SetResult);
        return left.Task;
    }

    private static async Task TalkAsync(HttpContext context, Recording recording, IReadOnlyList<JsonObject> frames)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(recording.Header("sec-websocket-protocol"));
        byte[] buffer = new byte[4096];
        foreach (JsonObject frame in frames)
        {
            bool isClose = (string?)frame["opcode"] == "close";
            if ((string?)frame["from"] == "client")
            {
                WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, context.RequestAborted);
                if (isClose) continue;
                string expected = (char)(int)frame["channel"]! + ((string?)frame["data"] ?? "");
                string heard = Encoding.UTF8.GetString(buffer, 0, got.Count);
                // The test sees its program end as nobody expects.
                if (heard != expected) context.Abort();
            }
            else if (isClose)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
            }
            else
            {
                string data = frame["data"] is JsonValue text ? (string)text! : frame["data"]?.ToJsonString() ?? "";
                byte[] number = (int?)frame["data_u16_le"] is { } port ? [(byte)(port & 255), (byte)(port >> 8)] : [];
                byte[] bytes = [(byte)(int)frame["channel"]!, .. number, .. Encoding.UTF8.GetBytes(data)];
                await socket.SendAsync(bytes, WebSocketMessageType.Binary, true, context.RequestAborted);
            }
        }
    }
}
