using System.Globalization;
using System.Text.Json;
using Federation.Adapters;
using Federation.Adapters.Swarm;
using Federation.Adapters.Swarm.Journal;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Security.Files;
using Federation.TestKit.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adapters.Conformance.Swarm;

/// <summary>The real Swarm adapter with a cluster of its own name on a real swarm.</summary>
internal sealed class SwarmUnderTest : AdapterUnderTest
{
    private static int s_count;
    private readonly SwarmBed _bed;
    private readonly EngineClientOptions _manager;
    private readonly string _cluster = string.Create(CultureInfo.InvariantCulture, $"s{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-swarm-").FullName;
    private readonly IAsyncDisposable? _between;
    private Living? _living;

    private SwarmUnderTest(SwarmBed bed, EngineClientOptions manager, IAsyncDisposable? between) => (_bed, _manager, _between) = (bed, manager, between);

    public override IClusterActuator Actuator => _living!.Reconciler;

    public override IClusterObserver Observer => _living!.Reconciler;

    public override WorkloadTemplate Greedy => new()
    {
        Image = DockerEngine.Image,
        Container = new ContainerTemplate { Command = ["/bin/awk", "BEGIN { s = \"xxxxxxxxxxxxxxxx\"; while (1) s = s s }"] },
        Resources = new ResourceRequirements { MemoryLimit = new(64L * 1024 * 1024) },
        Restart = new RestartPolicy { BackoffSeconds = 60 },
    };

    public SwarmReconciler Reconciler => _living!.Reconciler;

    public string Cluster => _cluster;

    public static Task<SwarmUnderTest> OpenAsync(SwarmBed bed, EngineWay way) => OpenAsync(bed, bed.Manager.Reach(way));

    /// <param name="bed">The swarm.</param>
    /// <param name="manager">How its manager is asked.</param>
    /// <param name="between">What stands in between, and is needed until the cluster has ended; null for nothing.</param>
    public static async Task<SwarmUnderTest> OpenAsync(SwarmBed bed, EngineClientOptions manager, IAsyncDisposable? between = null)
    {
        var swarm = new SwarmUnderTest(bed, manager, between);
        await swarm.StartAsync();
        return swarm;
    }

    public override WorkloadTemplate Serving(string text) => Program(text, ["/bin/httpd", "-f", "-p", "$(PORT)", "-h", "/www"]);

    public override WorkloadTemplate NeverReady(string text) => Program(text, ["/bin/sleep", "600"]);

    public override WorkloadTemplate Ending(int code, RestartPolicy restart) => new()
    {
        Image = DockerEngine.Image,
        Container = new ContainerTemplate { Command = ["/bin/sh", "-c", string.Create(CultureInfo.InvariantCulture, $"exit {code}")] },
        Restart = restart,
    };

    public override Assignment Order(string workload, int replicas, WorkloadTemplate template, string revision) => new()
    {
        Id = new($"{workload}.uid.{_cluster}"),
        Workload = new(new("acme"), "default", workload),
        WorkloadUid = "uid-" + workload,
        Cluster = new(_cluster),
        Replicas = replicas,
        Generation = 1,
        Revision = new(revision),
        Template = template,
    };

    public override async Task DieAndReturnAsync()
    {
        await _living!.StopAsync();
        await StartAsync();
    }

    // The first processes of the cluster's containers, by the machine's own table.
    public override IReadOnlyList<string> Processes()
    {
        string mark = "FEDERATION_CLUSTER=" + _cluster;
        List<string> found = [];
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process)) continue;
            try
            {
                if (!File.ReadAllText(Path.Combine(entry, "environ")).Split('\0').Contains(mark)) continue;
                string? inside = File.ReadLines(Path.Combine(entry, "status")).FirstOrDefault(static line => line.StartsWith("NSpid:", StringComparison.Ordinal));
                string stat = File.ReadAllText(Path.Combine(entry, "stat"));
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[0] != "Z" && inside is not null && inside.Split('\t')[^1] == "1") found.Add($"{process}@{fields[19]}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended in between, or is not ours to look into.
            }
        }
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    // A swarm takes its time to end things: the next test need not wait, the bed does.
    public override ValueTask DisposeAsync()
    {
        _bed.EndLater(EndAsync());
        return ValueTask.CompletedTask;
    }

    private async Task EndAsync()
    {
        await _living!.Reconciler.ApplyAsync([], long.MaxValue, 1, CancellationToken.None);
        using (var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4)))
        {
            await foreach (ClusterObservationSet set in _living.Reconciler.WatchAsync(limit.Token))
                if (set.Replicas.Count == 0 && set.Nodes[0].AppliedTerm == long.MaxValue) break;
        }
        await _living.StopAsync();
        if (_between is not null) await _between.DisposeAsync();
        // Nothing of the cluster is left in the swarm but the term.
        using (JsonDocument left = await _bed.Manager.GetAsync($"services?filters={Uri.EscapeDataString($"{{\"label\":[\"federation.cluster={_cluster}\"]}}")}"))
            Assert.Empty(left.RootElement.EnumerateArray());
        Directory.Delete(_folder, recursive: true);
    }

    // The text is in the environment, so that another text is another template.
    private static WorkloadTemplate Program(string text, IReadOnlyList<string> command) => new()
    {
        Image = DockerEngine.Image,
        Container = new ContainerTemplate { Command = command },
        Environment = new Dictionary<string, string> { ["TEXT"] = text },
        Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }],
        HealthCheck = new HealthCheck { Http = new HttpCheck(), IntervalSeconds = 1 },
        DrainSeconds = 0,
        StopGraceSeconds = 1,
    };

    private async Task StartAsync()
    {
        _living = new Living(_cluster, _folder, _manager);
        await _living.StartAsync();
    }

    private sealed class Living(string cluster, string folder, EngineClientOptions manager)
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly SwarmManagers _managers = new([new EngineClient(manager, TimeProvider.System)]);
        private Task? _running;

        public SwarmReconciler Reconciler { get; private set; } = null!;

        public async Task StartAsync()
        {
            Reconciler = new SwarmReconciler(
                new SwarmOptions { Cluster = new(cluster), Node = new("agent"), Plane = static () => "plane-under-test" },
                new FileSwarmJournal(Path.Combine(folder, "journal")), new PinnedIdentity(Path.Combine(folder, "journal", "cluster")), _managers, new NoMaterial(), TimeProvider.System, NullLogger<SwarmReconciler>.Instance);
            await Reconciler.StartAsync(CancellationToken.None);
            _running = Task.Run(() => Reconciler.RunAsync(_ending.Token));
        }

        public async Task StopAsync()
        {
            await _ending.CancelAsync();
            await _running!;
            Reconciler.Dispose();
            _managers.Dispose();
            _ending.Dispose();
        }
    }

    private sealed class NoMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]>();
    }
}
