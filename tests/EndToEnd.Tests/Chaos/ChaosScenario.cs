using System.Text.Json;
using EndToEnd.Tests.Bed;
using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace EndToEnd.Tests.Chaos;

/// <summary>
/// A plane and its clusters broken on purpose, step by step in the order of the names, under a constant load. The steps share one bed, and each
/// leaves it whole. <c>FEDERATION_CHAOS=all</c> adds those that take long, <c>long</c> makes all as long as failures are in life.
/// </summary>
[TestCaseOrderer(typeof(StepOrder))]
public sealed partial class ChaosScenario : IClassFixture<TestBed>
{
    private const string Host = "api.localhost";
    private const int Answering = 6;
    private static readonly int Small = Long ? 60 : 24;

    // Told apart from those of any other run on this machine.
    private static readonly string SmallProgram = $"sleep {1_000_000_000L + Environment.ProcessId}";
    private static readonly string OneProgram = $"sleep {2_000_000_000L + Environment.ProcessId}";
    private static readonly string KeptProgram = $"sleep {3_000_000_000L + Environment.ProcessId}";
    private static readonly string[] Workloads = ["api", "small", "one", "kept"];
    private static readonly string[] Clusters = [TestBed.North, TestBed.South, TestBed.West];

    // What was under way when something died may fail where it must not be repeated; nothing later may.
    private static readonly TimeSpan InFlight = TimeSpan.FromSeconds(1);
    private readonly TestBed _bed;
    private readonly ITestOutputHelper _figures;

    public ChaosScenario(TestBed bed, ITestOutputHelper figures)
    {
        Assert.SkipWhen(TestBed.Missing is not null, TestBed.Missing ?? "");
        _bed = bed;
        _figures = figures;
    }

    /// <summary>Whether failures last as long as in life.</summary>
    internal static bool Long => Wanted == "long";

    /// <summary>Whether the steps that take long are wanted, too.</summary>
    internal static bool Whole => Wanted is "all" or "long";

    private static string? Wanted => Environment.GetEnvironmentVariable("FEDERATION_CHAOS");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private RunningPlane Plane => _bed.Plane;

    private string Executions => Path.Combine(Plane.Shared, "executions");

    /// <summary>Brings about what every step begins with: an api that answers in three clusters, many small programs, a singleton, and one that has a volume.</summary>
    private async Task SettleAsync(int toleration)
    {
        // A step that failed may have left its fault behind.
        foreach (Wire wire in _bed.Wires) wire.Heal();
        Directory.CreateDirectory(Executions);
        string file = Path.Combine(Plane.Shared, "chaos.yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: federation/v1
            kind: PlacementPolicy
            metadata: { name: chaos }
            spec:
              spread: [{ label: federation/cluster, min: 2 }]
              failover: { tolerationSeconds: {{toleration}} }
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: api }
            spec:
              replicas: {{Answering}}
              placementPolicy: chaos
              template:
                process: { command: federation-sample, arguments: [api] }
                environment: { EXECUTIONS_DIRECTORY: {{Executions}} }
                ports: [{ name: http }]
                resources: { cpu: 100m, memory: 96Mi }
                healthCheck: { http: { path: /healthz }, startSeconds: 120 }
                drainSeconds: 2
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: small }
            spec:
              replicas: {{Small}}
              placementPolicy: chaos
              template:
                process: { command: sleep, arguments: ["{{SmallProgram.Split(' ')[1]}}"] }
                resources: { cpu: 10m, memory: 8Mi }
                drainSeconds: 0
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: one }
            spec:
              replicas: 1
              singleton: true
              placementPolicy: chaos
              template:
                process: { command: sleep, arguments: ["{{OneProgram.Split(' ')[1]}}"] }
                resources: { cpu: 10m, memory: 8Mi }
                drainSeconds: 0
            ---
            apiVersion: federation/v1
            kind: Volume
            metadata: { name: kept }
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: kept }
            spec:
              replicas: 1
              placementPolicy: chaos
              template:
                process: { command: sleep, arguments: ["{{KeptProgram.Split(' ')[1]}}"] }
                volumes: [{ name: kept }]
                resources: { cpu: 10m, memory: 8Mi }
                drainSeconds: 0
            ---
            apiVersion: federation/v1
            kind: Route
            metadata: { name: api }
            spec: { host: {{Host}}, workload: api, port: http }
            """, Cancelled);
        (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "170s")).Done();
        await WholeAsync();
    }

    /// <summary>Waits until every cluster is in contact and runs what it should, and nothing else.</summary>
    private async Task WholeAsync()
    {
        foreach (string cluster in Clusters) await _bed.ReadyAsync(cluster);
        foreach (string workload in Workloads) await OnlyWantedAsync(workload);
        // A singleton whose lease has just ended is told ready a moment longer than it runs.
        await Eventually.TrueAsync("on the machine as many programs run as are told",
            () => Task.FromResult((Running(SmallProgram), Running(OneProgram), Running(KeptProgram)) == (Small, 1, 1)),
            () => Task.FromResult($"{Running(SmallProgram)} small, {Running(OneProgram)} and {Running(KeptProgram)}"));
    }

    private async Task OnlyWantedAsync(string workload)
    {
        Workload ready = await Plane.ReadyAsync(workload, now => now.Status!.Clusters!.All(share => share.State is null));
        await Eventually.TrueAsync($"nothing but the wanted replicas of {workload} is left",
            async () => await Plane.ReplicasAsync(workload) is var replicas && replicas.Count == ready.Spec.Replicas && replicas.All(replica => replica.State == "Ready"),
            async () => (await Plane.FedctlAsync("get", "replicas")).All);
    }

    private ConstantLoad StartLoad() => ConstantLoad.Start(Plane.Ingress, Host);

    /// <summary>Every program that runs, with its process: whoever is in it twice, was never started again.</summary>
    private async Task<SortedDictionary<string, ProcessMark>> ProcessesAsync(params string[] workloads) =>
        MachineProcesses.OfReplicas((await Plane.ReplicasAsync(workloads.Length == 0 ? Workloads : workloads)).Where(replica => replica.State != "Unreachable").Select(replica => replica.Id));

    private async Task<IReadOnlyDictionary<string, int>> SharesAsync(string workload) =>
        (await Plane.ReplicasAsync(workload)).Where(replica => replica.State != "Unreachable").CountBy(replica => replica.Cluster).ToDictionary();

    private async Task<EventRecord> VerdictAsync(string cluster, VerdictState state, DateTimeOffset after) => await Eventually.NotNullAsync($"{cluster} is {state}", async () =>
        (await Plane.Client.EventsAsync(allNamespaces: true)).LastOrDefault(record => record.Object == $"Cluster {cluster}" && record.Reason == state.ToString() && record.Time >= after),
        async () => (await Plane.FedctlAsync("describe", "cluster", cluster)).All);

    /// <summary>Nothing of a workload runs anywhere that should not: what carries its name on this machine, orders or not.</summary>
    private static int Running(string program) => MachineProcesses.All.Count(id => MachineProcesses.CommandLine(id).TrimEnd() == program);

    private void AssertExecutions(IReadOnlyList<LoadRequest> requests)
    {
        Dictionary<string, int> executions = Directory.GetFiles(Executions).SelectMany(File.ReadAllLines).CountBy(id => id).ToDictionary();
        LoadRequest[] orders = [.. requests.Where(request => !request.Idempotent)];
        Assert.NotEmpty(orders);
        Assert.DoesNotContain(orders, order => executions.GetValueOrDefault(order.Order!) > 1);
        Assert.DoesNotContain(orders, order => order.Failure is null && executions.GetValueOrDefault(order.Order!) != 1);
    }

    /// <summary>A figure for whoever measures: one line of JSON in the file that <c>FEDERATION_REPORT</c> names.</summary>
    private static void Measured(string name, double value, string unit, double? atMost = null)
    {
        if (Environment.GetEnvironmentVariable("FEDERATION_REPORT") is not { Length: > 0 } report) return;
        File.AppendAllText(report, JsonSerializer.Serialize(new { name, value = Math.Round(value, 3), unit, atMost }) + "\n");
    }

    private void Figure(FormattableString text)
    {
        string line = FormattableString.Invariant(text);
        _figures.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }

    /// <summary>Lets a failure last.</summary>
    private static async Task LastAsync(TimeSpan time)
    {
        long begun = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync($"{time.TotalSeconds:0} s have passed", () => Task.FromResult(TimeProvider.System.GetElapsedTime(begun) >= time));
    }
}
