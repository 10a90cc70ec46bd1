using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Planes;
using Federation.Bench.Results;

namespace Federation.Bench.Ingress;

/// <summary>
/// Requests for each processor second of the proxy, with the same two replicas behind each: ours as it runs in the plane, every feature on,
/// through the agents' tunnels (the agents' own cost is reported beside it); the others straight to the replicas' ports. The proxy has core 0
/// to itself, everything else shares core 1, so that rates say little and costs say what they should.
/// </summary>
internal sealed class IngressBenchmark : IBenchmark
{
    private const int ProxyCore = 0, OtherCore = 1;
    private const string Host = "bytes.localhost";
    private static readonly (int Bytes, string Name)[] Sizes = [(128, "128 B"), (10_240, "10 KB")];
    private static readonly int[] Connections = [32, 256];

    private const string Stack = """
        apiVersion: federation/v1
        kind: Workload
        metadata: { name: bytes }
        spec:
          replicas: 2
          placement:
            affinity: [{ key: federation/cluster, values: [eu-cloud] }]
          template:
            process: { command: federation-sample, arguments: [api] }
            ports: [{ name: http }]
            resources: { cpu: 500m, memory: 128Mi }
            healthCheck: { http: { path: /healthz } }
        ---
        apiVersion: federation/v1
        kind: Route
        metadata: { name: bytes }
        spec: { host: bytes.localhost, workload: bytes }
        """;

    public string Name => "ingress";

    public string Summary => "requests per proxy processor second at 128 B and 10 KB, beside haproxy, nginx and stock YARP (needs wrk, haproxy, nginx)";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        TimeSpan measured = TimeSpan.FromSeconds(context.Quick ? 2 : 4), warmUp = TimeSpan.FromSeconds(context.Quick ? 3 : 8);
        string folder = Directory.CreateTempSubdirectory("federation-ingress-").FullName;
        var peers = new List<(string Name, Process Process, Uri Address)>();
        try
        {
            await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, cancellationToken);
            await plane.FedctlAsync(Stack, cancellationToken, "apply", "-f", "-");
            var processes = RunningProcesses.Of(plane.Launcher, plane.StateDirectory).ToList();
            int gateway = processes.Single(static one => one.Role == "gateway").Process;
            int[] agents = [.. processes.Where(static one => one.Role == "agent").Select(static one => one.Process)];
            int[] upstreams = [.. processes.Where(static one => one.Role == "replica").Select(static one => PortOf(one.Process)).OfType<int>().Distinct()];
            if (upstreams.Length != 2) throw new InvalidOperationException($"{upstreams.Length} replicas have a port, not 2");
            foreach ((string role, int process) in processes) await Pinned.BindAsync(role == "gateway" ? ProxyCore : OtherCore, process);
            foreach (string peer in PeerProxies.Names)
            {
                (Process process, Uri address) = await PeerProxies.StartAsync(peer, ProxyCore, upstreams, folder, cancellationToken);
                peers.Add((peer, process, address));
            }
            // What is compiled as it runs needs some time of it.
            BenchmarkContext.Log("warming up");
            foreach (Uri door in (Uri[])[LaunchedPlane.Ingress, .. peers.Select(static peer => peer.Address)])
                await Wrk.RunAsync(OtherCore, Connections[^1], warmUp, new Uri(door, "/bytes/128"), Host, cancellationToken);
            foreach ((int bytes, string size) in Sizes)
            {
                foreach (int connections in Connections)
                {
                    string name = $"{size}, {connections} connections";
                    if (!context.Runs(name)) continue;
                    // Each peer right beside ours, twice round: what else the machine does meets all.
                    var theirs = new Dictionary<string, Figures>();
                    Figures? ours = null;
                    for (int round = 0; round < 2; round++)
                    {
                        ours = Better(ours, await MeasureAsync(gateway, agents, LaunchedPlane.Ingress, bytes, connections, measured, cancellationToken));
                        foreach ((string peer, Process process, Uri address) in peers)
                            theirs[peer] = Better(theirs.GetValueOrDefault(peer), await MeasureAsync(process.Id, [], address, bytes, connections, measured, cancellationToken));
                    }
                    Report(context, name, ours!, theirs);
                }
            }
        }
        finally
        {
            foreach ((_, Process process, _) in peers)
            {
                await LaunchedPlane.InterruptAsync(process);
                process.Dispose();
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(BenchmarkContext context, string name, Figures ours, Dictionary<string, Figures> peers)
    {
        string best = peers.Where(static peer => peer.Key != "stock YARP").MaxBy(static peer => peer.Value.PerProcessorSecond).Key;
        foreach ((string peer, Figures figures) in peers)
        {
            double? goal = peer == "stock YARP" ? 1.25 : peer == best ? 0.6 : null;
            context.Report(new()
            {
                Name = name,
                Ours = ours.PerProcessorSecond,
                Unit = "requests per processor second of the proxy",
                Peer = peer,
                PeerValue = figures.PerProcessorSecond,
                Wanted = goal is { } times ? new BenchmarkGoal.Times(times) : null,
            });
            context.Report(new() { Name = name + ", p99", Ours = ours.P99Milliseconds, Unit = "ms", Peer = peer, PeerValue = figures.P99Milliseconds, LowerIsBetter = true });
        }
        context.Report(new() { Name = name + ", failed", Ours = ours.Failed, Unit = "requests", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        context.Report(new() { Name = name + ", the agents' processor time for each second of the gateway's", Ours = Math.Round(ours.Behind / ours.ProcessorSeconds, 2), Unit = "s", LowerIsBetter = true });
    }

    private static async Task<Figures> MeasureAsync(int proxy, int[] behind, Uri address, int bytes, int connections, TimeSpan time, CancellationToken ct)
    {
        var target = new Uri(address, $"/bytes/{bytes}");
        await Wrk.RunAsync(OtherCore, connections, TimeSpan.FromSeconds(1), target, Host, ct);
        double before = Pinned.ProcessorSeconds(proxy), beforeBehind = behind.Sum(Pinned.ProcessorSeconds);
        Wrk run = await Wrk.RunAsync(OtherCore, connections, time, target, Host, ct);
        double used = Pinned.ProcessorSeconds(proxy) - before;
        return new(run.Requests / used, run.P99Milliseconds, run.Failed, used, behind.Sum(Pinned.ProcessorSeconds) - beforeBehind);
    }

    private static Figures Better(Figures? one, Figures other) => one is null || other.PerProcessorSecond > one.PerProcessorSecond ? other : one;

    // A replica is told its port; its parent is told as well and listens to nothing.
    private static int? PortOf(int process) => File.ReadAllText($"/proc/{process}/environ").Split('\0').FirstOrDefault(static variable => variable.StartsWith("PORT=", StringComparison.Ordinal)) is { } port
        ? int.Parse(port["PORT=".Length..], CultureInfo.InvariantCulture)
        : null;

    private sealed record Figures(double PerProcessorSecond, double P99Milliseconds, long Failed, double ProcessorSeconds, double Behind);
}
