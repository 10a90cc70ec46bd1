using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Client;
using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Services.Tests.Gateway;

namespace Federation.Services.Tests.Reach;

/// <summary>fedctl's ways to a replica, through the gateway's API, a tunnel and an agent, to real processes.</summary>
public sealed class ReachTests : IAsyncLifetime
{
    // Says PORT's connections back in capitals, after they have said all; perl is part of every Debian.
    private const string Echo = """
        exec perl -MIO::Socket::INET -e '$| = 1; my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => $ENV{PORT}, ReuseAddr => 1) or die "no port"; while (my $c = $s->accept) { if (fork == 0) { local $/; my $t = <$c>; print $c uc $t; exit } close $c }'
        """;

    private ReachRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await ReachRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Exec_Command_RunsBesideTheReplicaAndItsExitCodeIsPassedOn()
    {
        await _rig.RunAsync("web", "exec sleep 1000");
        (int code, string output, string error) = await _rig.FedctlAsync(["exec", "web", "--", "sh", "-c", "echo $FEDERATION_WORKLOAD; echo oops >&2; exit 42"]);
        Assert.Equal(42, code);
        Assert.Equal("web\n", output);
        Assert.Equal("oops\n", error);
    }

    [Fact]
    public async Task Exec_Stdin_ReachesTheCommandAsItIsUntilItsEnd()
    {
        await _rig.RunAsync("web", "exec sleep 1000");
        string sent = string.Concat(Enumerable.Range(0, 20_000).Select(static number => $"line {number}\n"));
        (int code, string output, _) = await _rig.FedctlAsync(["exec", "web", "-i", "--", "cat"], sent);
        Assert.Equal(0, code);
        Assert.Equal(sent, output);
    }

    [Fact]
    public async Task Exec_WithoutStdin_FindsItsInputAtItsEnd()
    {
        await _rig.RunAsync("web", "exec sleep 1000");
        (int code, string output, _) = await _rig.FedctlAsync(["exec", "web", "--", "sh", "-c", "cat | wc -c"], "not for it");
        Assert.Equal((0, "0"), (code, output.Trim()));
    }

    [Fact]
    public async Task Exec_Terminal_IsOneOfTheAskedSizeAndControlsTheCommand()
    {
        await _rig.RunAsync("web", "exec sleep 1000");
        (int code, string output, _) = await _rig.FedctlAsync(["exec", "web", "-t", "--", "sh", "-c", "stty size; [ -t 0 ] && [ -t 2 ] && echo terminal; exit 3"]);
        Assert.Equal(3, code);
        Assert.Equal("24 80\r\nterminal\r\n", output);
    }

    [Fact]
    public async Task Exec_CtrlCInATerminal_ReachesTheProgramInItsForeground()
    {
        string replica = (await _rig.RunAsync("web", "exec sleep 1000"))[0].Id.Value;
        using FederationClient client = _rig.Client();
        string[] command = ["sh", "-c", "trap 'echo caught; exit 9' INT; echo begun; while :; do sleep 0.1; done"];
        using WebSocket socket = await client.ExecAsync("web", new ExecQuery { Command = command, Replica = replica, Input = true, Terminal = (100, 30) }, ct: Ct);
        string said = await HearAsync(socket, "begun");
        await socket.SendAsync(new byte[] { ExecChannel.Input, 3 }, WebSocketMessageType.Binary, true, Ct);
        said += await HearAsync(socket, "\u0003" + "9");
        Assert.Contains("caught", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exec_CallerLeaves_EndsTheCommand(bool terminal)
    {
        string replica = (await _rig.RunAsync("web", "exec sleep 1000"))[0].Id.Value;
        string mark = $"federation-reach-{Guid.NewGuid():N}";
        using FederationClient client = _rig.Client();
        using (WebSocket socket = await client.ExecAsync("web", new ExecQuery { Command = ["sh", "-c", "echo begun; while :; do sleep 0.1; done", mark], Replica = replica, Terminal = terminal ? (80, 24) : null }, ct: Ct))
        {
            await HearAsync(socket, "begun");
            Assert.True(IsRunning(mark));
            socket.Abort();
        }
        await GatewayRig.WaitForAsync(() => !IsRunning(mark));
    }

    [Fact]
    public async Task Exec_ViewerOrAbsentReplica_IsRefusedWithTheReason()
    {
        await _rig.RunAsync("web", "exec sleep 1000");
        (int viewer, _, string why) = await _rig.FedctlAsync(["exec", "web", "--", "true"], role: "viewer");
        Assert.Equal(5, viewer);
        Assert.Contains("this needs deployer", why, StringComparison.Ordinal);
        (int absent, _, string missing) = await _rig.FedctlAsync(["exec", "web", "--replica", "nope", "--", "true"]);
        Assert.Equal(4, absent);
        Assert.Contains("fedctl get replicas web", missing, StringComparison.Ordinal);
        using FederationClient client = _rig.Client();
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => client.ExecAsync("web", new ExecQuery { Command = ["true"], Replica = "nope" }, ct: TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotFound, refusal.Status);
        Assert.Contains("no replica nope", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortForward_ConnectionEndsOneWay_TheAnswerStillComes()
    {
        await _rig.RunAsync("echo", Echo, port: new PortTemplate { Name = "talk", Protocol = PortProtocol.Tcp });
        using var stop = new CancellationTokenSource();
        var port = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<(int ExitCode, string Out, string Error)> running = _rig.FedctlAsync(["port-forward", "echo", ":talk"], stop: stop, written: text =>
        {
            if (text.Contains(" leads to ", StringComparison.Ordinal)) port.TrySetResult(int.Parse(text.Split(':')[1].Split(' ')[0], CultureInfo.InvariantCulture));
        });
        int local = await port.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => AskAsync(local, $"question {number} {new string('x', 100_000)}")));
        await stop.CancelAsync();
        (int code, string output, string error) = await running;
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(Enumerable.Range(0, 8).Select(static number => $"QUESTION {number} {new string('X', 100_000)}"), answers);
        Assert.Contains("workload/echo, port talk", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortForward_AbsentPortOrRole_IsRefusedWithTheReason()
    {
        await _rig.RunAsync("echo", Echo, port: new PortTemplate { Name = "talk", Protocol = PortProtocol.Tcp });
        (int code, _, string error) = await _rig.FedctlAsync(["port-forward", "echo", "8080:tlak"]);
        Assert.Equal(4, code);
        Assert.Contains("did you mean talk?", error, StringComparison.Ordinal);
        using FederationClient viewer = _rig.Client("viewer");
        Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<ApiException>(() => viewer.PortForwardAsync("echo", ct: Ct))).Status);
        using FederationClient other = _rig.Client(tenant: "other");
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<ApiException>(() => other.PortForwardAsync("nothing", ct: Ct))).Status);
    }

    [Fact]
    public async Task Exec_AndPortForward_AreOnRecordBeforeAnythingHappens()
    {
        string replica = (await _rig.RunAsync("web", "exec sleep 1000"))[0].Id.Value;
        await _rig.RunAsync("echo", Echo, port: new PortTemplate { Name = "talk", Protocol = PortProtocol.Tcp });
        (int code, _, _) = await _rig.FedctlAsync(["exec", "web", "--", "echo", "a word of mine"]);
        Assert.Equal(0, code);
        using FederationClient client = _rig.Client();
        using (WebSocket socket = await client.PortForwardAsync("echo", "talk", ct: Ct)) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Ct);

        AuditEntry[] entries = [.. _rig.Audit];
        Assert.Equal(["exec", "port-forward"], entries.Select(static entry => entry.Action));
        Assert.Equal(("default", "deployer", "default/default/web", $"replica {replica} on edge/n1"), (entries[0].Tenant, entries[0].Principal, entries[0].Workload, entries[0].Detail));
        Assert.EndsWith("on edge/n1, port talk", entries[1].Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("a word of mine", string.Concat(entries.AsEnumerable()), StringComparison.Ordinal);

        _rig.AuditIsAway = true;
        string mark = Path.Combine(_rig.Folder, "ran");
        ApiException refused = await Assert.ThrowsAsync<ApiException>(() => client.ExecAsync("web", new ExecQuery { Command = ["touch", mark] }, ct: Ct));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        await Assert.ThrowsAsync<ApiException>(() => client.PortForwardAsync("echo", "talk", ct: Ct));
        Assert.False(File.Exists(mark));
        Assert.Equal(2, _rig.Audit.Count);
    }

    [Fact]
    public async Task Logs_OfAllReplicas_CanBeFilteredFollowedAndSearched()
    {
        IReadOnlyList<ReplicaObservation> replicas = await _rig.RunAsync("web", "echo one; echo two words; echo three; exec sleep 1000", replicas: 2);
        await GatewayRig.WaitForAsync(() => Directory.GetFiles(Path.Combine(_rig.Folder, "logs"), "*.log").Count(static file => File.ReadAllText(file).Contains("three", StringComparison.Ordinal)) == 2);
        Assert.Equal(6, Lines(await _rig.FedctlAsync(["logs", "web"])).Length);
        Assert.Equal(["three", "three"], Lines(await _rig.FedctlAsync(["logs", "web", "--tail", "1"])).Select(static line => line.Split(" | ")[1]));
        Assert.All(Lines(await _rig.FedctlAsync(["logs", "web", "--replica", replicas[1].Id.Value])), line => Assert.Contains(replicas[1].Id.Value, line, StringComparison.Ordinal));
        Assert.Equal(2, Lines(await _rig.FedctlAsync(["logs", "web", "--grep", "^two w"])).Length);
        Assert.Equal(4, Lines(await _rig.FedctlAsync(["logs", "web", "--grep", "two", "--invert"])).Length);
        Assert.Empty(Lines(await _rig.FedctlAsync(["logs", "web", "--cluster", "elsewhere"])));
        (int code, string followed, _) = await _rig.FedctlAsync(["logs", "web", "-f", "--json"], enough: static text => text.Split('\n').Length > 6);
        Assert.Equal(0, code);
        Assert.Equal("output", JsonNode.Parse(followed.Split('\n')[0])!["stream"]!.GetValue<string>());
    }

    [Fact]
    public async Task Logs_Previous_IsWhatWasWrittenBeforeThePresentProcess()
    {
        await _rig.RunAsync("web", "if [ -e again ]; then echo second; exec sleep 1000; fi; touch again; echo first; sleep 0.5; exit 7");
        await _rig.SeeAsync("web", static seen => seen is [{ State: ReplicaState.Ready, Restarts: 1 }]);
        await GatewayRig.WaitForAsync(() => Directory.GetFiles(Path.Combine(_rig.Folder, "logs"), "*.log").Any(static file => File.ReadAllText(file).Contains("second", StringComparison.Ordinal)));
        Assert.Equal(["first"], Lines(await _rig.FedctlAsync(["logs", "web", "--previous"])).Select(static line => line.Split(" | ")[1]));
        Assert.Equal(["first", "second"], Lines(await _rig.FedctlAsync(["logs", "web"])).Select(static line => line.Split(" | ")[1]));
    }

    [Fact]
    public async Task Top_CountsWhatReplicasUse_OfTheCallersTenantAlone()
    {
        string busy = (await _rig.RunAsync("busy", "while :; do :; done"))[0].Id.Value;
        await _rig.RunAsync("theirs", "exec sleep 1000", tenant: "other");
        (int code, string output, string error) = await _rig.FedctlAsync(["top", "replicas", "-o", "json"], role: "viewer");
        Assert.Equal((0, ""), (code, error));
        JsonNode row = Assert.Single(JsonNode.Parse(output)!.AsArray())!;
        Assert.Equal(busy, row["name"]!.GetValue<string>());
        // Without control groups (not root, or none mounted) nothing is counted, and nothing is claimed.
        if (row["cpuMillis"] is { } cpu) Assert.True(cpu.GetValue<long>() > 20, output);
        if (row["memoryBytes"] is { } memory) Assert.True(memory.GetValue<long>() > 0, output);
        (_, string nodes, _) = await _rig.FedctlAsync(["top", "nodes"], role: "viewer");
        Assert.Contains("edge/n1", nodes, StringComparison.Ordinal);
        Assert.Contains("1 of yours", nodes, StringComparison.Ordinal);
        (_, string clusters, _) = await _rig.FedctlAsync(["top", "clusters", "-o", "json"], role: "viewer");
        Assert.True(JsonNode.Parse(clusters)![0]!["memoryBytes"]!.GetValue<long>() > 1 << 20);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string[] Lines((int ExitCode, string Out, string Error) call)
    {
        Assert.Equal((0, ""), (call.ExitCode, call.Error));
        return call.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    // All that is said, messages' first bytes included, until it holds a text.
    private static async Task<string> HearAsync(WebSocket socket, string text)
    {
        string heard = "";
        byte[] buffer = new byte[ExecChannel.LargestMessage];
        while (!heard.Contains(text, StringComparison.Ordinal))
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), Ct);
            Assert.NotEqual(WebSocketMessageType.Close, received.MessageType);
            heard += Encoding.UTF8.GetString(buffer, 0, received.Count);
        }
        return heard;
    }

    private static async Task<string> AskAsync(int port, string question)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Ct);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(question), Ct);
        client.Client.Shutdown(SocketShutdown.Send);
        using var answer = new StreamReader(stream);
        return await answer.ReadToEndAsync(Ct);
    }

    private static bool IsRunning(string mark) => Directory.EnumerateDirectories("/proc").Any(entry =>
    {
        try
        {
            return int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out _) && File.ReadAllText(Path.Combine(entry, "cmdline")).Split('\0').Contains(mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
