using System.Diagnostics;
using System.Globalization;
using Federation.Bench.Planes;
using Federation.Bench.Results;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Domain.Resources;
using Federation.Domain.Routing;

namespace Federation.Bench.Routes;

/// <summary>
/// Changes of routes while a plane holds 1,000, 10,000 and 100,000 hosts and its ingress is under load: each change is one route made or removed
/// through the API. It is committed when its answer has arrived at the latest, and served when the ingress answers by it; the ingress is asked over
/// and over from the moment the change is sent. The swap alone is measured in this process, on the table that the gateway serves from.
/// </summary>
internal sealed class RoutesBenchmark : IBenchmark
{
    private const double SwapGoal = 1, ServedGoal = 25;
    private const int FillingAtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(20);

    private const string Workload = """
        apiVersion: federation/v1
        kind: Workload
        metadata: { name: routed }
        spec:
          replicas: 2
          template:
            process: { command: federation-sample, arguments: [api] }
            ports: [{ name: http }]
            resources: { cpu: 500m, memory: 128Mi }
            healthCheck: { http: { path: /healthz } }
        """;

    public string Name => "routes";

    public string Summary => "swap of the route table, and a route's way from its commit to served, at 1,000 to 100,000 hosts under load";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int[] scales = context.Quick ? [1_000, 3_000] : [1_000, 10_000, 100_000];
        if (context.Runs("swap"))
        {
            foreach (int hosts in scales) TableSwap.Measure(context, hosts, SwapGoal);
        }
        if (!context.Runs("served")) return;
        await using LaunchedPlane plane = await LaunchedPlane.StartAsync(context.Root, cancellationToken);
        await plane.FedctlAsync(Workload, cancellationToken, "apply", "-f", "-");
        using FederationClient client = FederationClient.Create(ContextFile.Load(Path.Combine(plane.StateDirectory, "context.json")).File.Find(null)!);
        using var visitor = new IngressVisitor(LaunchedPlane.Ingress);
        int there = 0;
        foreach (int hosts in scales)
        {
            await FillAsync(context, client, visitor, there, hosts, cancellationToken);
            there = hosts;
            await MeasureAsync(context, client, visitor, hosts, context.Quick ? 20 : 300, cancellationToken);
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, FederationClient client, IngressVisitor visitor, int hosts, int changes, CancellationToken ct)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{hosts:N0} hosts");
        var fromCommit = new List<double>();
        var fromSending = new List<double>();
        int warmUp = changes / 6 * 2;
        await using var load = IngressLoad.Start(LaunchedPlane.Ingress, hosts, ct);
        for (int change = -warmUp; change < changes; change++)
        {
            // Each is made, and then removed; the first of them on code that has just been started count for nothing.
            string route = string.Create(CultureInfo.InvariantCulture, $"change-{hosts}-{(change + warmUp) / 2}");
            bool made = change % 2 == 0;
            if (change == 0) load.BeginToCount();
            long sent = Stopwatch.GetTimestamp();
            Task<long> served = visitor.WaitAsync(HostOf(route), served: made, Patience, ct);
            if (made) await client.ApplyAsync(Route(route), ct: ct);
            else await client.DeleteAsync(ResourceKind.Of<Route>(), route, ct: ct);
            long answered = Stopwatch.GetTimestamp();
            long at = await served;
            if (change >= 0)
            {
                fromCommit.Add(Math.Max(0, Stopwatch.GetElapsedTime(answered, at).TotalMilliseconds));
                fromSending.Add(Stopwatch.GetElapsedTime(sent, at).TotalMilliseconds);
            }
            await Task.Delay(Pause, ct);
        }
        (long requests, long failed, double p99) = await load.EndAsync();
        Report("commit to served, p50", At(fromCommit, 0.5), null);
        Report("commit to served, p99", At(fromCommit, 0.99), new BenchmarkGoal.AtMost(ServedGoal));
        Report("change sent to served, p99", At(fromSending, 0.99), null);
        Report("the load's requests, p99", p99, null);
        context.Report(new() { Name = $"{name}, failed of the load's requests", Ours = failed, Unit = "requests", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        context.Report(new() { Name = $"{name}, requests of the load", Ours = requests, Unit = "requests" });

        void Report(string what, double milliseconds, BenchmarkGoal? goal) =>
            context.Report(new() { Name = $"{name}, {what}", Ours = milliseconds, Unit = "ms", LowerIsBetter = true, Wanted = goal });
    }

    private static async Task FillAsync(BenchmarkContext context, FederationClient client, IngressVisitor visitor, int from, int to, CancellationToken ct)
    {
        BenchmarkContext.Log($"applying routes {from:N0} to {to:N0}");
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = FillingAtOnce, CancellationToken = ct },
            async (number, token) => await client.ApplyAsync(Route(NameOf(number)), ct: token));
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        context.Report(new() { Name = string.Create(CultureInfo.InvariantCulture, $"{to:N0} hosts, routes applied through the API"), Ours = (to - from) / seconds, Unit = "routes/s" });
        await visitor.WaitAsync(HostOf(NameOf(to - 1)), served: true, Patience, ct);
    }

    private static Route Route(string name) => new() { Metadata = new ResourceMetadata { Name = name }, Spec = new RouteSpec { Host = HostOf(name), Workload = "routed" } };

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"h-{number:D6}");

    private static string HostOf(string name) => $"{name}.localhost";

    /// <summary>The host of a route that was filled in.</summary>
    public static string FilledHost(int number) => HostOf(NameOf(number));

    private static double At(List<double> values, double share)
    {
        values.Sort();
        return Math.Round(values[(int)Math.Min(values.Count - 1, values.Count * share)], 2);
    }
}
