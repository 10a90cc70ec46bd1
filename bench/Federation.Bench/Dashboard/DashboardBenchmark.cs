using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Planes;
using Federation.Bench.Results;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Route = Federation.Domain.Routing.Route;
using RouteSpec = Federation.Domain.Routing.RouteSpec;

namespace Federation.Bench.Dashboard;

/// <summary>
/// How long a browser waits for the first byte of each of the dashboard's pages, through the gateway, while the tenant has 1,000 workloads with a running replica each,
/// and one open page follows the plane. Beside it: the site's icon, which nothing is drawn for.
/// </summary>
internal sealed class DashboardBenchmark : IBenchmark
{
    private const double Goal = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);
    private static readonly string[] Pages =
        ["/", "/clusters", "/clusters/eu-cloud", "/workloads", "/workloads?q=w-00&page=2", "/workloads/default/w-0050", "/workloads/default/w-0050/logs", "/routes", "/events", "/tenants"];

    public string Name => "dashboard";

    public string Summary => "first byte of each page of the dashboard with 1,000 workloads";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int workloads = context.Quick ? 100 : 1_000, requests = context.Quick ? 20 : 200;
        await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, cancellationToken);
        ClientContext administrator = ContextFile.Load(Path.Combine(plane.StateDirectory, "context.json")).File.Find(null)!;
        using FederationClient client = FederationClient.Create(administrator);
        await FillAsync(client, workloads, cancellationToken);
        using var visitor = new DashboardVisitor(administrator.Server);
        string icon = await visitor.SignInAsync(administrator, cancellationToken);
        using Stream followed = await visitor.FollowAsync("/workloads", cancellationToken);
        double floor = (await MeasureAsync(visitor, icon, requests, cancellationToken)).P99;
        foreach (string page in Pages.Where(context.Runs))
        {
            (double first, double p50, double p99, int bytes) = await MeasureAsync(visitor, page, requests, cancellationToken);
            string name = $"{page}, {workloads.ToString("N0", CultureInfo.InvariantCulture)} workloads";
            context.Report(new() { Name = $"{name}, first byte, p99", Ours = p99, Unit = "ms", Peer = "the site's icon, p99", PeerValue = floor, LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(Goal) });
            context.Report(new() { Name = $"{name}, first byte, p50", Ours = p50, Unit = "ms", LowerIsBetter = true });
            context.Report(new() { Name = $"{name}, first byte of the first request", Ours = first, Unit = "ms", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(Goal) });
            context.Report(new() { Name = $"{name}, size", Ours = Math.Round(bytes / 1024.0, 1), Unit = "KiB", LowerIsBetter = true });
        }
    }

    private static async Task<(double First, double P50, double P99, int Bytes)> MeasureAsync(DashboardVisitor visitor, string page, int requests, CancellationToken ct)
    {
        var waits = new List<double>(requests);
        int bytes = 0;
        for (int i = 0; i < requests; i++)
        {
            (TimeSpan wait, bytes) = await visitor.GetAsync(page, ct);
            waits.Add(wait.TotalMilliseconds);
        }
        double first = waits[0];
        waits.Sort();
        return (Math.Round(first, 1), Math.Round(waits[waits.Count / 2], 1), Math.Round(waits[(int)(waits.Count * 0.99)], 1), bytes);
    }

    private static async Task FillAsync(FederationClient client, int workloads, CancellationToken ct)
    {
        BenchmarkContext.Log($"applying {workloads} workloads");
        await Parallel.ForAsync(0, workloads, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (number, token) =>
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"w-{number:D4}");
            var metadata = new ResourceMetadata { Name = name, Labels = new Dictionary<string, string> { ["team"] = $"team-{number % 20}" } };
            await client.ApplyAsync(new Workload
            {
                Metadata = metadata,
                Spec = new WorkloadSpec
                {
                    Replicas = 1,
                    Template = new WorkloadTemplate
                    {
                        Process = new ProcessTemplate { Command = "sleep", Arguments = ["86400"] },
                        Resources = new ResourceRequirements { Cpu = new CpuMillis(10), Memory = new MemoryBytes(4 << 20) },
                        StopGraceSeconds = 1,
                    },
                },
            }, ct: token);
            if (number % 10 == 0) await client.ApplyAsync(new Route { Metadata = metadata, Spec = new RouteSpec { Host = $"{name}.localhost", Workload = name } }, ct: token);
        });
        long began = Stopwatch.GetTimestamp();
        int ready = 0;
        while (ready < workloads && Stopwatch.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(2000, ct);
            ready = (await client.ListAsync<Workload>(ct: ct)).Items.Count(workload => workload.Status?.Phase == "Ready");
            BenchmarkContext.Log($"{ready} of {workloads} are ready");
        }
        if (ready < workloads) throw new InvalidOperationException($"only {ready} of {workloads} workloads became ready within {Patience.TotalMinutes:0} minutes");
    }
}
