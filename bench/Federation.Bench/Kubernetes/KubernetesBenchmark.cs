using System.Diagnostics;
using System.Globalization;
using Federation.Adapters;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Bench.Footprint;
using Federation.Bench.Planes;
using Federation.Bench.Results;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Bench.Kubernetes;

/// <summary>
/// A large Kubernetes cluster before an agent's reconciler that has orders in it: its start, its memory, and how it follows changes. The cluster is the API double, in a
/// process of its own; four of five pods are ours, sixteen of each workload, the others somebody else's.
/// </summary>
internal sealed class KubernetesBenchmark : IBenchmark
{
    private const int Each = 16;
    private const int ChangesASecond = 500;

    // Memory goes before speed, as the agent's project says.
    private static readonly Dictionary<string, string> AsTheAgent = new() { ["DOTNET_gcServer"] = "0", ["DOTNET_gcConcurrent"] = "0", ["DOTNET_GCConserveMemory"] = "7", ["DOTNET_GCGen0MaxBudget"] = "400000", ["DOTNET_TieredPGO"] = "0" };

    public string Name => "kubernetes";

    public string Summary => "a Kubernetes cluster of 10,000 pods and 1,000 nodes: the observer's start, its memory, and 500 changes a second";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int nodes = context.Quick ? 100 : 1_000, workloads = context.Quick ? 50 : 500, others = context.Quick ? 200 : 2_000, seconds = context.Quick ? 5 : 30;
        string part = string.Create(CultureInfo.InvariantCulture, $"{(workloads * Each) + others:N0} pods on {nodes:N0} nodes"), folder = Directory.CreateTempSubdirectory("federation-kubernetes-").FullName;
        try
        {
            await using ChildProgram cluster = ChildProgram.Start(new Dictionary<string, string>(), "serve-kubernetes", Text(nodes));
            string kubeconfig = Path.Combine(folder, "kubeconfig"), journal = Path.Combine(folder, "journal");
            await File.WriteAllTextAsync(kubeconfig, $$"""
                clusters: [{ name: large, cluster: { server: "{{(await cluster.ReadAsync(cancellationToken))[0]}}" } }]
                contexts: [{ name: large, context: { cluster: large } }]
                current-context: large
                """, cancellationToken);
            await DeployAsync(cluster, kubeconfig, journal, workloads, cancellationToken);
            string ours = (await cluster.AskAsync($"fill {Each} {others}", cancellationToken))[0];

            await using ChildProgram observer = ChildProgram.Start(AsTheAgent, "observe-kubernetes", kubeconfig, journal, ours);
            double started = Number((await observer.ReadAsync(cancellationToken))[0]);
            context.Report(new() { Name = $"{part}, the observer's start to all seen", Ours = started, Unit = "s", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(5) });
            context.Report(new() { Name = $"{part}, the observer's processor time by then", Ours = observer.ProcessorTime.TotalSeconds, Unit = "s", LowerIsBetter = true });
            Report(context, $"{part}, all seen", ProcessMemory.Of(observer.Process.Id)!);
            await FollowAsync(context, part, cluster, observer, seconds, cancellationToken);
            await using ChildProgram fresh = ChildProgram.Start(AsTheAgent, "observe-kubernetes", kubeconfig, journal, ours);
            await fresh.ReadAsync(cancellationToken);
            // It tells what it sees before it has compared all orders, and that it obeys them when it has.
            bool same = await HoldsAsync(async () => (await fresh.AskAsync("tell", cancellationToken))[5] == (await observer.AskAsync("tell", cancellationToken))[5], cancellationToken);
            context.Report(new() { Name = $"{part}, ends otherwise than a fresh list", Ours = same ? 0 : 1, Unit = "observations", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The reconciler itself makes the Deployments; their pods are placed beside it, for no controller of the double is quick enough.
    private static async Task DeployAsync(ChildProgram cluster, string kubeconfig, string journal, int workloads, CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using KubernetesClient client = ObserverProgram.Connect(kubeconfig);
        KubernetesReconciler reconciler = ObserverProgram.Observe(client, journal);
        await reconciler.StartAsync(ct);
        await reconciler.ApplyAsync([.. Enumerable.Range(0, workloads).Select(OrderOf)], 1, 1, ct);
        Task running = Task.Run(() => reconciler.RunAsync(ending.Token), ct);
        await LaunchedPlane.UntilAsync("all Deployments are made", async () => (await cluster.AskAsync("deployments", ct))[0] == Text(workloads), ct);
        await ending.CancelAsync();
        await running;
    }

    private static async Task FollowAsync(BenchmarkContext context, string part, ChildProgram cluster, ChildProgram observer, int seconds, CancellationToken ct)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{part}, {ChangesASecond} changes a second");
        await observer.AskAsync("begin", ct);
        TimeSpan used = observer.ProcessorTime;
        string[] made = await cluster.AskAsync($"change {ChangesASecond} {seconds}", ct), seen = [];
        double share = (observer.ProcessorTime - used).TotalSeconds / seconds;
        await HoldsAsync(async () => Number((seen = await observer.AskAsync("tell", ct))[0]) >= Number(made[1]), ct);
        ProcessMemory memory = ProcessMemory.Of(observer.Process.Id)!;
        context.Report(new() { Name = $"{name}, made", Ours = Number(made[0]), Unit = "changes/s", Wanted = new BenchmarkGoal.AtLeast(ChangesASecond * 0.99) });
        context.Report(new() { Name = $"{name}, change to observation, p50", Ours = Number(seen[1]), Unit = "ms", LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, change to observation, p99", Ours = Number(seen[2]), Unit = "ms", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(1_000) });
        context.Report(new() { Name = $"{name}, change to observation, most", Ours = Number(seen[3]), Unit = "ms", LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, changes of replicas that no observation showed", Ours = Number(made[1]) - Number(seen[0]), Unit = "changes", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(0) });
        context.Report(new() { Name = $"{name}, observations", Ours = Number(seen[4]) / seconds, Unit = "sets/s" });
        context.Report(new() { Name = $"{name}, the observer's share of a core", Ours = 100 * share, Unit = "%", LowerIsBetter = true });
        Report(context, name, memory);
        context.Report(new() { Name = $"{name}, resident at most", Ours = observer.PeakMegabytes, Unit = "MB", LowerIsBetter = true, Wanted = new BenchmarkGoal.AtMost(200) });
    }

    // Whether it comes to hold within a time in which everything should.
    private static async Task<bool> HoldsAsync(Func<Task<bool>> holds, CancellationToken ct)
    {
        for (long since = Stopwatch.GetTimestamp(); !await holds(); await Task.Delay(100, ct))
            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(1)) return false;
        return true;
    }

    private static void Report(BenchmarkContext context, string name, ProcessMemory memory)
    {
        context.Report(new() { Name = $"{name}, resident", Ours = memory.Resident, Unit = "MB", LowerIsBetter = true });
        context.Report(new() { Name = $"{name}, anonymous", Ours = memory.Anonymous, Unit = "MB", LowerIsBetter = true });
    }

    private static DesiredAssignment OrderOf(int number)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"web-{number:D3}");
        return new(new Assignment
        {
            Id = new($"{name}.uid.large"),
            Workload = new(new("acme"), "default", name),
            WorkloadUid = $"uid-{name}",
            Cluster = new("large"),
            Replicas = Each,
            Generation = 1,
            Revision = new("r1"),
            Template = new WorkloadTemplate
            {
                Image = "demo/web:1",
                Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }],
                Resources = new() { Cpu = new(50), Memory = new(64 << 20) },
                Environment = new Dictionary<string, string> { ["MODE"] = "production", ["NUMBER"] = Text(number) },
            },
        }, []);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
