using System.Text;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Streams;
using Federation.TestKit.Http;
using Federation.TestKit.Kubernetes.Recordings;
using Federation.TestKit.Time;
using Microsoft.AspNetCore.Http;

namespace Federation.Adapters.Kubernetes.Tests.Client;

/// <summary>Logs and programs, as a real API server streamed them.</summary>
public sealed class StreamsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Log_OfAPodWithoutANode_IsNone()
    {
        await using RecordedApiServer server = await PlayingAsync("08-logs/023");
        using KubernetesClient client = Clients.Of(server.Address);
        Assert.Null(await client.OpenLogAsync("fed-logs", "pending", new LogRequest(), Cancelled));
    }

    [Fact]
    public async Task Log_FollowedUntilThePodIsDeleted_LeavesTheRuntimesOwnWordsOut()
    {
        await using RecordedApiServer server = await PlayingAsync("08-logs/012");
        using KubernetesClient client = Clients.Of(server.Address);
        using LogStream log = (await client.OpenLogAsync("fed-logs", "ticker", new LogRequest { Follow = true, TailLines = 1 }, Cancelled))!;
        Assert.Equal(["tick 15", "tick 16", "tick 17", "tick 18", "bye"], await TextsAsync(log));
    }

    [Fact]
    public async Task Log_CutWithTheServer_IsNoGoodEnd()
    {
        await using RecordedApiServer server = await PlayingAsync("16-api-server-restart/003");
        Recording recording = KubernetesRecordings.Of("16-api-server-restart/003");
        using KubernetesClient client = Clients.Of(server.Address);
        server.Play(recording, recording.Path.Split('?')[0] + "?follow=true");
        using LogStream log = (await client.OpenLogAsync("fed-restart", "ticker", new LogRequest { Follow = true }, Cancelled))!;
        int lines = 0, whole = string.Concat(recording.Chunks!).Count(static c => c == '\n');
        KubernetesException broken = await Assert.ThrowsAsync<KubernetesException>(async () =>
        {
            await foreach (LogLine line in log.LinesAsync(Cancelled))
                if (++lines == whole) server.Cut();
        });
        Assert.Equal(FailureKind.Unavailable, broken.Kind);
    }

    [Fact]
    public async Task Log_WithTimes_TakesThemOutOfLongLinesToo()
    {
        // As recorded (08-logs/027), with the line that the recording shortens.
        string x = new('x', 16384), rest = new('x', 40000 - (2 * 16384));
        string text = $"2026-11-21T02:51:40.172439421Z utf-8: ä €\n2026-11-21T02:51:40.172462866Z \n2026-11-21T02:51:40.173573081Z {x}2026-11-21T02:51:40.173580000Z {x}2026-11-21T02:51:40.1735Z {rest}\n2026-11-21T02:51:41Z last";
        await using LoopbackServer server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(text));
        using KubernetesClient client = Clients.Of(server.Address);
        using LogStream log = (await client.OpenLogAsync("fed-logs", "multiline", new LogRequest { Timestamps = true }, Cancelled))!;
        List<LogLine> lines = [];
        await foreach (LogLine line in log.LinesAsync(Cancelled)) lines.Add(line);
        Assert.Equal(["utf-8: ä €", "", new string('x', 40000), "last"], lines.Select(static line => Encoding.UTF8.GetString(line.Text.Span)));
        Assert.Equal([true, true, true, false], lines.Select(static line => line.IsWhole));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 2, 51, 40, TimeSpan.Zero).AddTicks(1724394), lines[0].Time!.Value);
    }

    [Theory]
    [InlineData("001", 0)]
    [InlineData("002", 3)]
    [InlineData("011", 0)]
    public async Task Exec_ToItsEnd_SaysTheExitCode(string file, int code)
    {
        (_, ExecOutcome outcome) = await ExecAsync(file, null);
        Assert.Equal(new ExecOutcome.Exited(code), outcome);
    }

    [Fact]
    public async Task Exec_WithInput_HearsTheAnswer()
    {
        (string output, ExecOutcome outcome) = await ExecAsync("003", "hello\n");
        Assert.Equal("got hello\n", output);
        Assert.Equal(new ExecOutcome.Exited(0), outcome);
    }

    [Fact]
    public async Task Exec_OfMuchOutput_IsPutTogetherWhole()
    {
        Recording recording = KubernetesRecordings.Of("14-exec-and-port-forward/006");
        (string output, _) = await ExecAsync("006", null);
        Assert.Equal(string.Concat(recording.Frames!.Where(static frame => (int?)frame["channel"] == 1).Select(static frame => (string)frame["data"]!)), output);
    }

    [Fact]
    public async Task Exec_OfWhatIsNotThere_FailsWithoutAnExitCode()
    {
        (_, ExecOutcome outcome) = await ExecAsync("005", null);
        Assert.Equal("InternalError", Assert.IsType<ExecOutcome.Failed>(outcome).Status.Reason);
    }

    [Fact]
    public async Task Exec_OverAProtocolWithoutExitCodes_IsRefused()
    {
        Recording recording = KubernetesRecordings.Of("14-exec-and-port-forward/001");
        await using LoopbackServer server = await LoopbackServer.StartAsync(static async context =>
        {
            using System.Net.WebSockets.WebSocket socket = await context.WebSockets.AcceptWebSocketAsync((string?)null);
        });
        using KubernetesClient client = Clients.Of(server.Address);
        Assert.Equal(FailureKind.Unreadable, (await Assert.ThrowsAsync<KubernetesException>(() => client.ExecAsync("n", "p", new ExecRequest(["true"]), Cancelled))).Kind);
    }

    [Theory]
    [InlineData("013", FailureKind.Invalid)]
    [InlineData("014", FailureKind.Missing)]
    [InlineData("015", FailureKind.Invalid)]
    [InlineData("017", FailureKind.Unauthenticated)]
    public async Task Exec_RefusedBeforeItBegins_SaysWhatTheServerSaid(string file, FailureKind kind)
    {
        Recording recording = KubernetesRecordings.Of("14-exec-and-port-forward/" + file);
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(9));
        server.Play(recording, "/api/v1/namespaces/n/pods/p/exec?command=true&stdout=true&stderr=true");
        using KubernetesClient client = Clients.Of(server.Address);
        KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(() => client.ExecAsync("n", "p", new ExecRequest(["true"]), Cancelled));
        Assert.Equal(kind, refused.Kind);
        Assert.Contains((string)recording.Response!["body"]!["message"]!, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forward_ToAPort_CarriesItsBytesAlone_UntilItEnds()
    {
        Recording recording = KubernetesRecordings.Of("14-exec-and-port-forward/020");
        await using RecordedApiServer server = await PlayingAsync("14-exec-and-port-forward/020");
        using KubernetesClient client = Clients.Of(server.Address);
        await using ForwardSession session = await client.ForwardAsync("fed-exec", "a", 8080, Cancelled);
        await session.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), Cancelled);
        var heard = new StringBuilder();
        while (await session.ReadAsync(Cancelled) is { IsEmpty: false } bytes) heard.Append(Encoding.UTF8.GetString(bytes.Span));
        Assert.Equal(string.Concat(recording.Frames!.Where(static frame => (string?)frame["from"] == "server").Select(static frame => (string?)frame["data"])), heard.ToString());
        Assert.Empty(server.Unknown);
    }

    [Fact]
    public async Task Forward_ToAPortThatNothingListensOn_SaysWhatTheNodeSaid()
    {
        await using RecordedApiServer server = await PlayingAsync("14-exec-and-port-forward/021");
        using KubernetesClient client = Clients.Of(server.Address);
        await using ForwardSession session = await client.ForwardAsync("fed-exec", "a", 9, Cancelled);
        KubernetesException refused = await Assert.ThrowsAsync<KubernetesException>(async () => await session.ReadAsync(Cancelled));
        Assert.Contains("error forwarding port 9 to pod", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("connect: connection refused", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(string Output, ExecOutcome Outcome)> ExecAsync(string file, string? input)
    {
        Recording recording = KubernetesRecordings.Of("14-exec-and-port-forward/" + file);
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(9));
        string query = $"?command=x&stdout=true&stderr=true{(input is null ? "" : "&stdin=true")}";
        server.Play(recording, "/api/v1/namespaces/fed-exec/pods/a/exec" + query);
        using KubernetesClient client = Clients.Of(server.Address);
        await using ExecSession session = await client.ExecAsync("fed-exec", "a", new ExecRequest(["x"]) { Input = input is not null }, Cancelled);
        Assert.False(session.CanCloseInput);
        if (input is not null) await session.WriteAsync(Encoding.UTF8.GetBytes(input), Cancelled);
        var output = new MemoryStream();
        while (await session.ReadAsync(Cancelled) is { } piece)
            if (piece.Source == ExecSource.Output) output.Write(piece.Bytes.Span);
        Assert.Empty(server.Unknown);
        return (Encoding.UTF8.GetString(output.ToArray()), session.Outcome);
    }

    private static async Task<List<string>> TextsAsync(LogStream log)
    {
        List<string> lines = [];
        await foreach (LogLine line in log.LinesAsync(Cancelled)) lines.Add(Encoding.UTF8.GetString(line.Text.Span));
        return lines;
    }

    private static async Task<RecordedApiServer> PlayingAsync(string file)
    {
        RecordedApiServer server = await RecordedApiServer.StartAsync(new SeededChance(9));
        server.Play(KubernetesRecordings.Of(file));
        return server;
    }
}
