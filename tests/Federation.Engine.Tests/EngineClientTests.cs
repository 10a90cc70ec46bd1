using System.Net;
using System.Text;
using Federation.Engine.Containers;
using Federation.Engine.Events;
using Federation.Engine.Images;
using Federation.Engine.Networks;
using Federation.Engine.Streams;
using Federation.Engine.Volumes;
using Federation.TestKit.Engine;

[assembly: AssemblyFixture(typeof(SharedDockerEngine))]

namespace Federation.Engine.Tests;

/// <summary>The client against a real engine: each way to it carries all of this.</summary>
public abstract class EngineClientTests(SharedDockerEngine shared, EngineWay way)
{
    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Negotiate_WithTheEngine_SpeaksTheNewestVersionThatBothKnow()
    {
        using EngineClient client = await OpenAsync();
        Version spoken = await client.NegotiateAsync(Cancelled);
        EngineVersion version = await client.VersionAsync(Cancelled);
        Version theirs = Version.Parse(version.ApiVersion);
        Assert.Equal(theirs < EngineClient.NewestVersion ? theirs : EngineClient.NewestVersion, spoken);
        EngineInfo info = await client.InfoAsync(Cancelled);
        Assert.Equal("linux", info.OsType);
        Assert.False(info.IsRootless);
    }

    [Fact]
    public async Task Container_ThroughItsLife_IsCreatedStartedSignalledAndRemoved()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "life", ["/bin/sh", "-c", "trap 'exit 7' TERM; echo out; echo err >&2; while :; do sleep 0.1; done"]);
        ContainerDetails running = await client.InspectContainerAsync(id, Cancelled);
        Assert.True(running.State.Running);
        Assert.True(running.State.Pid > 0);
        Assert.Contains(await client.ListContainersAsync([("label", "test=" + Named("life"))], Cancelled), listed => listed.Id == id && listed.State == "running");
        ContainerStats stats = await client.StatsAsync(id, Cancelled);
        Assert.True(stats.Memory!.Bytes > 0);
        Task<ContainerExit> waiting = client.WaitContainerAsync(id, Cancelled);
        await client.KillContainerAsync(id, "SIGTERM", Cancelled);
        Assert.Equal(7, (await waiting).StatusCode);
        EngineException refused = await Assert.ThrowsAsync<EngineException>(() => client.KillContainerAsync(id, "SIGTERM", Cancelled));
        Assert.True(refused.IsConflict, refused.Message);
        await client.RemoveContainerAsync(id, force: false, Cancelled);
        EngineException gone = await Assert.ThrowsAsync<EngineException>(() => client.InspectContainerAsync(id, Cancelled));
        Assert.True(gone.IsNotFound);
        Assert.Contains("No such container", gone.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Logs_OfBothStreams_AreToldApartAndTimed()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "logs", ["/bin/sh", "-c", "echo one; echo two >&2; exit 0"]);
        await client.WaitContainerAsync(id, Cancelled);
        List<(OutputSource, string)> seen = [];
        await foreach (OutputPiece piece in client.LogsAsync(id, new LogRequest { Timestamps = true, Follow = true }, tty: false, Cancelled))
            seen.Add((piece.Source, Encoding.UTF8.GetString(piece.Content.Span)));
        Assert.Equal(2, seen.Count);
        Assert.Contains(seen, static line => line.Item1 == OutputSource.Output && line.Item2.EndsWith(" one\n", StringComparison.Ordinal));
        Assert.Contains(seen, static line => line.Item1 == OutputSource.Error && line.Item2.EndsWith(" two\n", StringComparison.Ordinal));
        Assert.All(seen, static line => Assert.True(DateTimeOffset.TryParse(line.Item2[..line.Item2.IndexOf(' ')], System.Globalization.CultureInfo.InvariantCulture, out _), line.Item2));
        await client.RemoveContainerAsync(id, force: true, Cancelled);
    }

    [Fact]
    public async Task Logs_OfATerminal_AreOneStream()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "tty", ["/bin/sh", "-c", "echo one; echo two >&2"], tty: true);
        await client.WaitContainerAsync(id, Cancelled);
        var text = new StringBuilder();
        await foreach (OutputPiece piece in client.LogsAsync(id, new LogRequest(), tty: true, Cancelled)) text.Append(Encoding.UTF8.GetString(piece.Content.Span));
        Assert.Equal("one\r\ntwo\r\n", text.ToString());
        await client.RemoveContainerAsync(id, force: true, Cancelled);
    }

    [Fact]
    public async Task Exec_WithInput_AnswersUntilItsInputEnds()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "exec", ["/bin/sleep", "600"]);
        using ExecStream exec = await client.ExecAsync(id, new ExecSpec { Cmd = ["/bin/sh", "-c", "cat; echo bad >&2; exit 3"], AttachStdin = true }, Cancelled);
        await exec.WriteAsync("hello\n"u8.ToArray(), Cancelled);
        await exec.EndInputAsync(Cancelled);
        string output = "", error = "";
        await foreach (OutputPiece piece in exec.ReadAsync(Cancelled))
        {
            string text = Encoding.UTF8.GetString(piece.Content.Span);
            if (piece.Source == OutputSource.Error) error += text;
            else output += text;
        }
        Assert.Equal(("hello\n", "bad\n"), (output, error));
        ExecDetails ended = await UntilAsync(() => client.InspectExecAsync(exec.Id, Cancelled), static details => !details.Running);
        Assert.Equal(3, ended.ExitCode);
        await client.RemoveContainerAsync(id, force: true, Cancelled);
    }

    [Fact]
    public async Task Exec_WithMuchInput_GivesAllOfItBack()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "much", ["/bin/sleep", "600"]);
        using ExecStream exec = await client.ExecAsync(id, new ExecSpec { Cmd = ["/bin/cat"], AttachStdin = true }, Cancelled);
        byte[] block = new byte[256 * 1024];
        new Random(7).NextBytes(block);
        const int Blocks = 32;
        Task sending = SendAsync();
        long seen = 0;
        await foreach (OutputPiece piece in exec.ReadAsync(Cancelled))
        {
            foreach (byte one in piece.Content.Span)
                if (one != block[seen++ % block.Length]) Assert.Fail($"byte {seen} is another one");
        }
        await sending;
        Assert.Equal((long)Blocks * block.Length, seen);
        await Assert.ThrowsAsync<IOException>(() => exec.WriteAsync(block, Cancelled));
        await exec.EndInputAsync(Cancelled);
        await client.RemoveContainerAsync(id, force: true, Cancelled);

        async Task SendAsync()
        {
            for (int i = 0; i < Blocks; i++) await exec.WriteAsync(block, Cancelled);
            await exec.EndInputAsync(Cancelled);
        }
    }

    [Fact]
    public async Task Exec_ThatReadsNothing_CanBeGivenUpInTheMiddleOfItsInput()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "deaf", ["/bin/sleep", "600"]);
        ExecStream exec = await client.ExecAsync(id, new ExecSpec { Cmd = ["/bin/sleep", "600"], AttachStdin = true }, Cancelled);
        // More than all that lies between here and there takes.
        Task sending = exec.WriteAsync(new byte[64 * 1024 * 1024], Cancelled);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exec.EndInputAsync(soon.Token));
        exec.Dispose();
        Exception given = await Assert.ThrowsAnyAsync<Exception>(() => sending);
        Assert.True(given is IOException or ObjectDisposedException, given.ToString());
        await client.RemoveContainerAsync(id, force: true, Cancelled);
    }

    [Fact]
    public async Task Exec_WithATerminal_KnowsItsSize()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "exectty", ["/bin/sleep", "600"]);
        using ExecStream exec = await client.ExecAsync(id, new ExecSpec { Cmd = ["/bin/sh", "-c", "read line; stty size"], AttachStdin = true, Tty = true }, Cancelled);
        await client.ResizeExecAsync(exec.Id, 91, 37, Cancelled);
        await exec.WriteAsync("go\n"u8.ToArray(), Cancelled);
        var text = new StringBuilder();
        await foreach (OutputPiece piece in exec.ReadAsync(Cancelled)) text.Append(Encoding.UTF8.GetString(piece.Content.Span));
        Assert.Contains("37 91", text.ToString(), StringComparison.Ordinal);
        await client.RemoveContainerAsync(id, force: true, Cancelled);
    }

    [Fact]
    public async Task Events_AfterTheStreamIsOpen_AreNotMissedAndCanBeResumed()
    {
        using EngineClient client = await OpenAsync();
        using EventStream stream = await client.OpenEventsAsync(null, [("type", "container"), ("label", "test=" + Named("events"))], Cancelled);
        string id = await RunAsync(client, "events", ["/bin/true"]);
        EngineEvent died = await FirstAsync(stream, "die");
        Assert.Equal(id, died.Actor.Id);
        Assert.Equal("0", died.Actor.Attributes!["exitCode"]);
        // From its time on it comes again, and what followed.
        using EventStream resumed = await client.OpenEventsAsync(died.TimeNanoseconds, [("type", "container"), ("label", "test=" + Named("events"))], Cancelled);
        Assert.Equal(died.TimeNanoseconds, (await FirstAsync(resumed, "die")).TimeNanoseconds);
        await client.RemoveContainerAsync(id, force: true, Cancelled);
        await FirstAsync(resumed, "destroy");
    }

    [Fact]
    public async Task NetworksAndVolumes_AreMadeOnceAndRemoved()
    {
        using EngineClient client = await OpenAsync();
        await client.CreateNetworkAsync(new NetworkSpec { Name = Named("net"), Labels = new Dictionary<string, string> { ["test"] = "net" } }, Cancelled);
        EngineException twice = await Assert.ThrowsAsync<EngineException>(() => client.CreateNetworkAsync(new NetworkSpec { Name = Named("net") }, Cancelled));
        Assert.True(twice.IsConflict, twice.Message);
        NetworkDetails network = await client.InspectNetworkAsync(Named("net"), Cancelled);
        Assert.Equal("net", network.Labels["test"]);
        Assert.True(IPAddress.TryParse(network.IPAM!.Config![0].Gateway, out _));
        await client.RemoveNetworkAsync(Named("net"), Cancelled);
        await client.CreateVolumeAsync(new VolumeSpec { Name = Named("vol"), Labels = new Dictionary<string, string> { ["test"] = "vol" } }, Cancelled);
        VolumeDetails volume = await client.CreateVolumeAsync(new VolumeSpec { Name = Named("vol") }, Cancelled);
        Assert.Equal("vol", volume.Labels!["test"]);
        Assert.True(Directory.Exists((await client.InspectVolumeAsync(Named("vol"), Cancelled)).Mountpoint));
        await client.RemoveVolumeAsync(Named("vol"), Cancelled);
    }

    [Fact]
    public async Task Pull_FromARegistryThatIsNotThere_FailsInTheDaemonsWords()
    {
        using EngineClient client = await OpenAsync();
        EngineException failed = await Assert.ThrowsAsync<EngineException>(() => client.PullImageAsync(ImageReference.Parse("127.0.0.1:9/nothing:1"), null, null, null, Cancelled));
        Assert.Contains("127.0.0.1:9", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_OfAStubbornContainer_EndsItAfterTheGrace()
    {
        using EngineClient client = await OpenAsync();
        string id = await RunAsync(client, "stop", ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]);
        await client.StopContainerAsync(id, TimeSpan.FromSeconds(1), Cancelled);
        ContainerDetails ended = await client.InspectContainerAsync(id, Cancelled);
        Assert.Equal((false, 137), (ended.State.Running, ended.State.ExitCode));
        await client.RemoveContainerAsync(id, force: true, Cancelled);
    }

    [Fact]
    public async Task End_ForWantOfMemory_IsKnownFromTheEventToo()
    {
        using EngineClient client = await OpenAsync();
        string greedy = await RunAsync(client, "greedy", ["/bin/awk", "BEGIN { s = \"xxxxxxxxxxxxxxxx\"; while (1) s = s s }"], memory: 32 * 1024 * 1024);
        ContainerDetails ended = await EndedAsync(greedy);
        Assert.Equal(ContainerState.KilledCode, ended.State.ExitCode);
        Assert.True(await client.RanOutOfMemoryAsync(ended, Cancelled));
        // As it is described by a daemon that heard of the end first.
        Assert.True(await client.RanOutOfMemoryAsync(ended with { State = ended.State with { OutOfMemory = false } }, Cancelled));

        string killed = await RunAsync(client, "killed", ["/bin/sleep", "100"], memory: 32 * 1024 * 1024);
        await client.KillContainerAsync(killed, "SIGKILL", Cancelled);
        ended = await EndedAsync(killed);
        Assert.Equal(ContainerState.KilledCode, ended.State.ExitCode);
        Assert.False(await client.RanOutOfMemoryAsync(ended, Cancelled));
        foreach (string id in new[] { greedy, killed }) await client.RemoveContainerAsync(id, force: true, Cancelled);

        Task<ContainerDetails> EndedAsync(string id) => UntilAsync(() => client.InspectContainerAsync(id, Cancelled), static details => !details.State.Running);
    }

    protected Task<DockerEngine> EngineAsync() => shared.GetAsync();

    private async Task<EngineClient> OpenAsync() => new((await EngineAsync()).Reach(way), TimeProvider.System);

    protected async Task<string> RunAsync(EngineClient client, string label, string[] command, bool tty = false, long memory = 0)
    {
        ContainerCreated created = await client.CreateContainerAsync(Named(label), null, new ContainerSpec
        {
            Image = DockerEngine.Image,
            Cmd = command,
            Tty = tty,
            Labels = new Dictionary<string, string> { ["test"] = Named(label) },
            HostConfig = new HostConfig { NetworkMode = "none", Memory = memory, MemorySwap = memory },
        }, Cancelled);
        await client.StartContainerAsync(created.Id, Cancelled);
        return created.Id;
    }

    private string Named(string what) => $"{way}-{what}".ToLowerInvariant();

    private static async Task<EngineEvent> FirstAsync(EventStream stream, string action)
    {
        await foreach (EngineEvent happened in stream.ReadAsync(Cancelled))
            if (happened.Action == action) return happened;
        throw new InvalidOperationException($"the stream ended without {action}");
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> enough)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            T answer = await ask();
            if (enough(answer)) return answer;
            await Task.Delay(20, limit.Token);
        }
    }
}
