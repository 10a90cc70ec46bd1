using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Federation.Bench.Planes;
using Federation.Bench.Results;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Contracts.Api;

namespace Federation.Bench.Failover;

/// <summary>
/// Two clusters behind one route: a replica is killed, another stands still, beside Debian's haproxy before the very same replicas in the same run, on this
/// machine's loopback. Then all steps of the tests' chaos at full length, in network namespaces: a cluster with a thousand programs that is cut off, services
/// killed for ten minutes, twenty partitions. Needs root, haproxy and <c>/dev/net/tun</c>; takes half an hour. The load's own requests are paced; what is late or failed is counted by when it was sent.
/// </summary>
internal sealed class FailoverBenchmark : IBenchmark
{
    private const string Host = "bytes.localhost";
    private const int PerSecond = 100;
    private const int KillSignal = 9, ContinueSignal = 18, StopSignal = 19;
    private const string Peer = "haproxy, check inter 2s fall 3, option redispatch";

    // A program is started again when the load has ended: on a machine of few cores its start is what makes requests late, a second after the failure.
    private const string Bytes = """
        apiVersion: federation/v1
        kind: Workload
        metadata: { name: bytes }
        spec:
          replicas: 2
          placement:
            affinity: [{ key: federation/cluster, values: [eu-cloud, us-cloud] }]
            spread: [{ label: federation/cluster, min: 2 }]
          template:
            process: { command: federation-sample, arguments: [api] }
            restart: { backoffSeconds: 15 }
            ports: [{ name: http }]
            resources: { cpu: 100m, memory: 64Mi }
            healthCheck: { http: { path: /healthz } }
        ---
        apiVersion: federation/v1
        kind: Route
        metadata: { name: bytes }
        spec: { host: bytes.localhost, workload: bytes }
        """;

    public string Name => "failover";

    public string Summary => "a replica killed and one that stands still, beside haproxy; 1,000 programs re-placed, services killed for 10 minutes, 20 partitions (needs root, haproxy)";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (context.Runs("replicas"))
        {
            await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, cancellationToken);
            using FederationClient client = FederationClient.Create(ContextFile.Load(Path.Combine(plane.StateDirectory, "context.json")).File.Find(null)!);
            await ReplicasAsync(context, plane, client, cancellationToken);
        }
        if (context.Runs("chaos")) await ChaosAsync(context, cancellationToken);
    }

    private static async Task ReplicasAsync(BenchmarkContext context, LaunchedPlane plane, FederationClient client, CancellationToken ct)
    {
        await plane.FedctlAsync(Bytes, ct, "apply", "-f", "-");
        string folder = Directory.CreateTempSubdirectory("federation-failover-").FullName;
        try
        {
            IReadOnlyList<ReplicaView> replicas = await client.ReplicasAsync("bytes", ct: ct);
            Dictionary<string, (int Process, int Port)> programs = replicas.ToDictionary(static replica => replica.Id, static replica => ProgramOf(replica.Id));
            (Process haproxy, Uri door) = await HaproxyAsync(folder, [.. programs.Values.Select(static program => program.Port)], ct);
            using (haproxy)
            {
                string first = replicas[0].Id, second = replicas[1].Id;
                TimeSpan after = TimeSpan.FromSeconds(context.Quick ? 4 : 12);
                await MeasureAsync(context, "kill -9 of a replica", 50, door, programs[first].Process, KillSignal, after, ct);
                await LaunchedPlane.UntilAsync("both replicas are ready", async () => (await client.ReplicasAsync("bytes", ct: ct)).All(static replica => replica.State == "Ready"), ct);
                // The checks of haproxy need six seconds to call it well again.
                await Task.Delay(TimeSpan.FromSeconds(8), ct);
                await MeasureAsync(context, "SIGSTOP of a replica", 1_000, door, ProgramOf(second).Process, StopSignal, after, ct);
                await LaunchedPlane.InterruptAsync(haproxy);
            }
            await plane.FedctlAsync(Bytes, ct, "delete", "-f", "-");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, string what, double goal, Uri peerDoor, int process, int signal, TimeSpan after, CancellationToken ct)
    {
        await using PacedLoad ours = PacedLoad.Start(LaunchedPlane.Ingress, Host, PerSecond);
        await using PacedLoad peers = PacedLoad.Start(peerDoor, Host, PerSecond);
        await Task.Delay(TimeSpan.FromSeconds(context.Quick ? 5 : 15), ct);
        (TimeSpan failedOurs, TimeSpan failedPeers) = (ours.Now, peers.Now);
        await SignalAsync(process, signal);
        await Task.Delay(after, ct);
        LoadOutcome own = await ours.EndAsync(failedOurs);
        LoadOutcome other = await peers.EndAsync(failedPeers);
        if (signal == StopSignal) await SignalAsync(process, ContinueSignal);
        context.Report(new() { Name = $"{what}, failed GETs", Ours = own.Failed, Unit = "requests", Peer = Peer, PeerValue = other.Failed, LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        context.Report(new() { Name = $"{what}, traffic is away after", Ours = own.AwayMilliseconds, Unit = "ms", Peer = Peer, PeerValue = other.AwayMilliseconds, LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(goal) });
        context.Report(new() { Name = $"{what}, slowest GET", Ours = own.SlowestMilliseconds, Unit = "ms", Peer = Peer, PeerValue = other.SlowestMilliseconds, LowerIsBetter = true });
        context.Report(new() { Name = $"{what}, p99 before it", Ours = own.UsualMilliseconds, Unit = "ms", Peer = Peer, PeerValue = other.UsualMilliseconds, LowerIsBetter = true });
    }

    // The steps of the tests' chaos, those that take long included, on the bed that they make: they count, this reports.
    private static async Task ChaosAsync(BenchmarkContext context, CancellationToken ct)
    {
        const string project = "tests/EndToEnd.Tests";
        await LaunchedPlane.DotnetAsync(context.Root, ct, "build", project, "-c", "Release");
        string report = Path.Combine(Path.GetTempPath(), $"federation-failover-{Environment.ProcessId}.jsonl");
        var start = new ProcessStartInfo(
            Path.Combine(context.Root, project, "bin/Release/net10.0/EndToEnd.Tests"), ["--no-progress", "--filter-class", "*.ChaosScenario", "--output", "Detailed"])
        {
            WorkingDirectory = context.Root,
            RedirectStandardOutput = true,
        };
        start.Environment["FEDERATION_REPORT"] = report;
        start.Environment["FEDERATION_CHAOS"] = context.Quick ? "all" : "long";
        int passed = 0, failed = 0;
        using (Process tests = Process.Start(start)!)
        {
            while (await tests.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                BenchmarkContext.Log(line);
                if (line.StartsWith("passed ", StringComparison.Ordinal)) passed++;
                if (line.StartsWith("failed ", StringComparison.Ordinal) || line.StartsWith("skipped ", StringComparison.Ordinal)) failed++;
            }
            await tests.WaitForExitAsync(ct);
        }
        context.Report(new() { Name = "chaos: steps whose every assertion held", Ours = passed, Unit = "steps" });
        context.Report(new() { Name = "chaos: steps that failed", Ours = failed, Unit = "steps", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        if (!File.Exists(report)) return;
        foreach (string line in await File.ReadAllLinesAsync(report, ct))
        {
            using JsonDocument told = JsonDocument.Parse(line);
            JsonElement atMost = told.RootElement.GetProperty("atMost");
            context.Report(new()
            {
                Name = $"chaos: {told.RootElement.GetProperty("name").GetString()}",
                Ours = told.RootElement.GetProperty("value").GetDouble(),
                Unit = told.RootElement.GetProperty("unit").GetString()!,
                LowerIsBetter = true,
                Wanted = atMost.ValueKind == JsonValueKind.Null ? null : new BenchmarkGoal.AtMost(atMost.GetDouble()),
            });
        }
        File.Delete(report);
    }

    private static async Task<(Process Process, Uri Door)> HaproxyAsync(string folder, IReadOnlyList<int> upstreams, CancellationToken ct)
    {
        int port = FreePort();
        string path = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(path, $"""
            global
              maxconn 4096
            defaults
              mode http
              option redispatch
              retries 3
              timeout connect 5s
              timeout client 50s
              timeout server 50s
            frontend door
              bind 127.0.0.1:{port}
              default_backend replicas
            backend replicas
              balance roundrobin
              option httpchk GET /healthz
            {string.Join('\n', upstreams.Select(static (upstream, i) => $"  server r{i} 127.0.0.1:{upstream} check inter 2s fall 3"))}

            """, ct);
        Process process = Process.Start(new ProcessStartInfo("haproxy", ["-db", "-f", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await LaunchedPlane.UntilAsync("haproxy answers", async () =>
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port, ct);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }, ct);
        return (process, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <summary>The process of a replica, and the port that it was told.</summary>
    private static (int Process, int Port) ProgramOf(string replica)
    {
        foreach ((int process, string[] environment) in Processes())
        {
            if (!environment.Contains($"FEDERATION_REPLICA={replica}", StringComparer.Ordinal)) continue;
            if (environment.FirstOrDefault(static variable => variable.StartsWith("PORT=", StringComparison.Ordinal)) is { } port)
                return (process, int.Parse(port["PORT=".Length..], CultureInfo.InvariantCulture));
        }
        throw new InvalidOperationException($"replica {replica} has no process");
    }

    private static IEnumerable<(int Process, string[] Environment)> Processes()
    {
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process)) continue;
            string[] environment;
            try
            {
                environment = File.ReadAllText(Path.Combine(entry, "environ")).Split('\0');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended in between.
                continue;
            }
            yield return (process, environment);
        }
    }

    private static async Task SignalAsync(int process, int signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal.ToString(CultureInfo.InvariantCulture)}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
