using System.Text;
using Federation.Engine.Connecting;
using Federation.Engine.Containers;
using Federation.Engine.Events;
using Federation.Engine.Streams;
using Federation.TestKit.Engine;

namespace Federation.Engine.Tests;

/// <summary>The client over TCP with mutual TLS, and what may stand in between there.</summary>
public sealed class EngineClientOverTcpTests(SharedDockerEngine shared) : EngineClientTests(shared, EngineWay.Tcp)
{
    [Fact]
    public async Task Exec_ThroughWhatKnowsNoHalfOfAConnection_StillAnswersAfterItsInputEnded()
    {
        DockerEngine engine = await EngineAsync();
        await using var relay = new EngineRelay(engine.TcpAddress);
        using EngineClient client = Open(engine, relay);
        string id = await RunAsync(client, "half", ["/bin/sleep", "600"]);
        using ExecStream exec = await client.ExecAsync(id, new ExecSpec { Cmd = ["/bin/sh", "-c", "cat; sleep 0.3; echo late"], AttachStdin = true }, Cancelled);
        await exec.WriteAsync("early\n"u8.ToArray(), Cancelled);
        await exec.EndInputAsync(Cancelled);
        string text = "";
        await foreach (OutputPiece piece in exec.ReadAsync(Cancelled)) text += Encoding.UTF8.GetString(piece.Content.Span);
        Assert.Equal("early\nlate\n", text);
        await client.RemoveContainerAsync(id, force: true, Cancelled);
    }

    [Fact]
    public async Task Streams_WhoseConnectionIsCut_FailAsTheEnginesOwn_AndTheNextRequestIsAnswered()
    {
        DockerEngine engine = await EngineAsync();
        await using var relay = new EngineRelay(engine.TcpAddress);
        using EngineClient client = Open(engine, relay);
        string id = await RunAsync(client, "cut", ["/bin/sh", "-c", "echo first; sleep 600"]);
        using EventStream events = await client.OpenEventsAsync(null, [("label", "test=nobody")], Cancelled);
        using ExecStream exec = await client.ExecAsync(id, new ExecSpec { Cmd = ["/bin/cat"], AttachStdin = true }, Cancelled);
        var written = new TaskCompletionSource();
        Task[] streams = [LogsAsync(), EndAsync(events.ReadAsync(Cancelled)), EndAsync(exec.ReadAsync(Cancelled))];
        await written.Task.WaitAsync(Cancelled);
        relay.Cut();
        foreach (Task stream in streams) await Assert.ThrowsAsync<EngineException>(() => stream);
        // What is asked on a connection that was cut while nobody used it.
        Assert.True((await client.InspectContainerAsync(id, Cancelled)).State.Running);
        relay.Cut();
        Assert.True((await client.InspectContainerAsync(id, Cancelled)).State.Running);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (int i = 0; i < 10; i++) await exec.WriteAsync("more\n"u8.ToArray(), Cancelled);
        });
        await exec.EndInputAsync(Cancelled);
        await client.RemoveContainerAsync(id, force: true, Cancelled);

        async Task LogsAsync()
        {
            await foreach (OutputPiece _ in client.LogsAsync(id, new LogRequest { Follow = true }, tty: false, Cancelled)) written.TrySetResult();
        }

        static async Task EndAsync<T>(IAsyncEnumerable<T> stream)
        {
            await foreach (T _ in stream) { }
        }
    }

    private static EngineClient Open(DockerEngine engine, EngineRelay relay) => new(engine.Reach(EngineWay.Tcp) with { Address = EngineAddress.Parse(relay.TcpAddress) }, TimeProvider.System);
}
