using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Federation.Engine.Connecting;
using Federation.Engine.Containers;
using Federation.Engine.Events;
using Federation.Engine.Images;
using Federation.Engine.Networks;
using Federation.Engine.Streams;
using Federation.Engine.Volumes;
using Federation.TestKit.Engine;

[assembly: AssemblyFixture(typeof(SharedDockerEngine))]

namespace Federation.Engine.Tests;

/// <summary>The client against a real engine.</summary>
public sealed class EngineClientTests(SharedDockerEngine shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

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
        Assert.Contains(await client.ListContainersAsync([("label", "test=life")], Cancelled), listed => listed.Id == id && listed.State == "running");
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
        exec.EndInput();
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
        using EventStream stream = await client.OpenEventsAsync(null, [("type", "container"), ("label", "test=events")], Cancelled);
        string id = await RunAsync(client, "events", ["/bin/true"]);
        EngineEvent died = await FirstAsync(stream, "die");
        Assert.Equal(id, died.Actor.Id);
        Assert.Equal("0", died.Actor.Attributes!["exitCode"]);
        // From its time on it comes again, and what followed.
        using EventStream resumed = await client.OpenEventsAsync(died.TimeNanoseconds, [("type", "container"), ("label", "test=events")], Cancelled);
        Assert.Equal(died.TimeNanoseconds, (await FirstAsync(resumed, "die")).TimeNanoseconds);
        await client.RemoveContainerAsync(id, force: true, Cancelled);
        await FirstAsync(resumed, "destroy");
    }

    [Fact]
    public async Task NetworksAndVolumes_AreMadeOnceAndRemoved()
    {
        using EngineClient client = await OpenAsync();
        await client.CreateNetworkAsync(new NetworkSpec { Name = "net-test", Labels = new Dictionary<string, string> { ["test"] = "net" } }, Cancelled);
        EngineException twice = await Assert.ThrowsAsync<EngineException>(() => client.CreateNetworkAsync(new NetworkSpec { Name = "net-test" }, Cancelled));
        Assert.True(twice.IsConflict, twice.Message);
        NetworkDetails network = await client.InspectNetworkAsync("net-test", Cancelled);
        Assert.Equal("net", network.Labels["test"]);
        Assert.True(IPAddress.TryParse(network.IPAM!.Config![0].Gateway, out _));
        await client.RemoveNetworkAsync("net-test", Cancelled);
        await client.CreateVolumeAsync(new VolumeSpec { Name = "vol-test", Labels = new Dictionary<string, string> { ["test"] = "vol" } }, Cancelled);
        VolumeDetails volume = await client.CreateVolumeAsync(new VolumeSpec { Name = "vol-test" }, Cancelled);
        Assert.Equal("vol", volume.Labels!["test"]);
        Assert.True(Directory.Exists((await client.InspectVolumeAsync("vol-test", Cancelled)).Mountpoint));
        await client.RemoveVolumeAsync("vol-test", Cancelled);
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
    public async Task Start_AtAnEngineThatIsEnding_IsRefusedAlthoughItStillAnswers()
    {
        Assert.SkipUnless(DockerEngine.Missing is null, DockerEngine.Missing ?? "");
        await using DockerEngine engine = await DockerEngine.StartAsync();
        using var client = new EngineClient(new EngineClientOptions { Address = EngineAddress.Parse("unix://" + engine.SocketPath) }, TimeProvider.System);
        // Who does not end when asked to keeps the engine ending for its whole patience.
        await RunAsync(client, "stubborn", ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]);
        ContainerCreated idle = await client.CreateContainerAsync("test-idle", null, new ContainerSpec { Image = DockerEngine.Image, HostConfig = new HostConfig { NetworkMode = "none" } }, Cancelled);
        await client.InspectContainerAsync(idle.Id, Cancelled);
        Task ended = engine.StopDaemonAsync();
        while (await engine.TakesConnectionsAsync()) await Task.Delay(5, Cancelled);
        EngineException start = await Assert.ThrowsAsync<EngineException>(() => client.StartContainerAsync(idle.Id, Cancelled));
        EngineException create = await Assert.ThrowsAsync<EngineException>(() => client.CreateContainerAsync("test-late", null, new ContainerSpec { Image = DockerEngine.Image }, Cancelled));
        Assert.Equal((null, null), (start.Status, create.Status));
        Assert.False((await client.InspectContainerAsync(idle.Id, Cancelled)).State.Running);
        Assert.False(ended.IsCompleted);
        await ended;
    }

    [Fact]
    public async Task Client_OnTcp_ProvesItselfAndTrustsOneAuthorityAlone()
    {
        Assert.SkipUnless(DockerEngine.Missing is null, DockerEngine.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("fd-tls-").FullName;
        int port = FreePort();
        using X509Certificate2 authority = Issue("authority", null, folder, "ca");
        using (Issue("engine", authority, folder, "server"))
        using (Issue("client", authority, folder, "")) { }
        await using (DockerEngine engine = await DockerEngine.StartAsync(
            "-H", $"tcp://127.0.0.1:{port}", "--tlsverify", "--tlscacert", Path.Combine(folder, "ca.pem"), "--tlscert", Path.Combine(folder, "server-cert.pem"), "--tlskey", Path.Combine(folder, "server-key.pem")))
        {
            EngineAddress address = EngineAddress.Parse($"tcp://127.0.0.1:{port}");
            using (EngineTls tls = EngineTls.Read(folder))
            using (var client = new EngineClient(new EngineClientOptions { Address = address, Tls = tls }, TimeProvider.System))
            {
                string id = await RunAsync(client, "tls", ["/bin/sleep", "600"]);
                using ExecStream exec = await client.ExecAsync(id, new ExecSpec { Cmd = ["/bin/echo", "over tls"] }, Cancelled);
                string text = "";
                await foreach (OutputPiece piece in exec.ReadAsync(Cancelled)) text += Encoding.UTF8.GetString(piece.Content.Span);
                Assert.Equal("over tls\n", text);
            }
            using (var nobody = new EngineClient(new EngineClientOptions { Address = address }, TimeProvider.System)) await Assert.ThrowsAsync<EngineException>(() => nobody.NegotiateAsync(Cancelled));
            using X509Certificate2 other = Issue("other", null, Directory.CreateDirectory(Path.Combine(folder, "other")).FullName, "ca");
            using (X509Certificate2 ours = EngineTls.Read(folder).Client)
            using (var mistrustful = new EngineClient(new EngineClientOptions { Address = address, Tls = new EngineTls(other, ours) }, TimeProvider.System))
                await Assert.ThrowsAsync<EngineException>(() => mistrustful.NegotiateAsync(Cancelled));
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task<EngineClient> OpenAsync() =>
        new(new EngineClientOptions { Address = EngineAddress.Parse("unix://" + (await shared.GetAsync()).SocketPath) }, TimeProvider.System);

    private static async Task<string> RunAsync(EngineClient client, string label, string[] command, bool tty = false)
    {
        ContainerCreated created = await client.CreateContainerAsync($"test-{label}", null, new ContainerSpec
        {
            Image = DockerEngine.Image,
            Cmd = command,
            Tty = tty,
            Labels = new Dictionary<string, string> { ["test"] = label },
            HostConfig = new HostConfig { NetworkMode = "none" },
        }, Cancelled);
        await client.StartContainerAsync(created.Id, Cancelled);
        return created.Id;
    }

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

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // As files, in the docker command's names.
    private static X509Certificate2 Issue(string name, X509Certificate2? issuer, string folder, string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset from = DateTimeOffset.UtcNow.AddMinutes(-5);
        X509Certificate2 certificate;
        if (issuer is null)
        {
            certificate = request.CreateSelfSigned(from, from.AddDays(1));
        }
        else
        {
            using X509Certificate2 bare = request.Create(issuer, from, from.AddHours(12), RandomNumberGenerator.GetBytes(8));
            certificate = bare.CopyWithPrivateKey(key);
        }
        string prefix = file is "ca" or "" ? "" : file + "-";
        File.WriteAllText(Path.Combine(folder, file == "ca" ? "ca.pem" : $"{prefix}cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, file == "ca" ? "ca-key.pem" : $"{prefix}key.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
