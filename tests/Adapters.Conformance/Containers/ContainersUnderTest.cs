using System.Globalization;
using System.Text.Json;
using Federation.Adapters;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.TestKit.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adapters.Conformance.Containers;

/// <summary>The real node adapter with containers of a real engine, in a folder of its own.</summary>
internal sealed class ContainersUnderTest : AdapterUnderTest
{
    private readonly DockerEngine _engine;
    private readonly EngineWay _way;
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-node-").FullName;
    private readonly string _runtime = $"/dev/shm/federation-test-{Guid.NewGuid():N}";
    private Living? _living;

    private ContainersUnderTest(DockerEngine engine, EngineWay way) => (_engine, _way) = (engine, way);

    public override IClusterActuator Actuator => _living!.Reconciler;

    public override IClusterObserver Observer => _living!.Reconciler;

    public override WorkloadTemplate Greedy => new()
    {
        Image = DockerEngine.Image,
        Container = new ContainerTemplate { Command = ["/bin/awk", "BEGIN { s = \"xxxxxxxxxxxxxxxx\"; while (1) s = s s }"] },
        Resources = new ResourceRequirements { MemoryLimit = new(64L * 1024 * 1024) },
        Restart = new RestartPolicy { BackoffSeconds = 60 },
    };

    public static async Task<ContainersUnderTest> OpenAsync(DockerEngine engine, EngineWay way)
    {
        var node = new ContainersUnderTest(engine, way);
        await node.StartAsync();
        return node;
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
        Id = new($"{workload}.uid.c.n"),
        Workload = new(new("acme"), "default", workload),
        WorkloadUid = "uid-" + workload,
        Cluster = new("c"),
        Node = new("n"),
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

    // The first processes of the node's containers, by the machine's own table and by the engine's.
    public override IReadOnlyList<string> Processes()
    {
        string mark = $"FEDERATION_MARK={_folder}/";
        List<string> found = [];
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process)) continue;
            try
            {
                string[] environment = File.ReadAllText(Path.Combine(entry, "environ")).Split('\0');
                if (!environment.Any(variable => variable.StartsWith(mark, StringComparison.Ordinal))) continue;
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

    public override async ValueTask DisposeAsync()
    {
        await _living!.Reconciler.ApplyAsync([], long.MaxValue, 1, CancellationToken.None);
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40)))
        {
            await foreach (ClusterObservationSet set in _living.Reconciler.WatchAsync(limit.Token))
                if (set.Replicas.Count == 0) break;
        }
        await _living.StopAsync();
        // Nothing of the node is left in the engine.
        string node = Uri.EscapeDataString(JsonSerializer.Serialize(new { label = new[] { "federation.workload" } }));
        using JsonDocument left = await _engine.GetAsync($"containers/json?all=true&filters={node}");
        Assert.DoesNotContain(left.RootElement.EnumerateArray(), container => container.GetProperty("Labels").GetProperty("federation.node").GetString() == _living.NodeLabel);
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_runtime, recursive: true);
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
        _living = new Living(_folder, _runtime, _engine.Reach(_way));
        await _living.StartAsync();
    }

    private sealed class Living
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly FileNodeJournal _journal;
        private readonly ProcessReplicaHost _processes;
        private readonly EngineClient _client;
        private readonly ContainerReplicaHost _containers;
        private Task? _running;

        public Living(string folder, string runtime, EngineClientOptions engine)
        {
            _journal = new(Path.Combine(folder, "journal"));
            _processes = new(new ProcessHostOptions { Cluster = new("c"), Node = new("n"), StateDirectory = folder, RuntimeDirectory = runtime }, new NoMaterial(), TimeProvider.System, NullLogger<ProcessReplicaHost>.Instance);
            _client = new(engine, TimeProvider.System);
            _containers = new(new ContainerHostOptions { Cluster = new("c"), Node = new("n"), StateDirectory = folder, StartPatience = TimeSpan.FromSeconds(30) }, _client, _processes, new NoMaterial(), TimeProvider.System, NullLogger<ContainerReplicaHost>.Instance);
            NodeLabel = $"c.n.{ProcessReplicaHost.IdentityOf(folder)}";
        }

        public string NodeLabel { get; }

        public NodeReconciler Reconciler { get; private set; } = null!;

        public async Task StartAsync()
        {
            Reconciler = new NodeReconciler(
                new NodeReconcilerOptions { Cluster = new("c"), Node = new("n"), Allocatable = new(new(4000), new(1L << 31)) },
                _journal, new NodeReplicaHost(_processes, _containers), new LeaseKeeper(TimeProvider.System), TimeProvider.System, SecureChance.Instance, NullLogger<NodeReconciler>.Instance);
            await Reconciler.StartAsync(CancellationToken.None);
            _running = Task.Run(() => Reconciler.RunAsync(_ending.Token));
        }

        public async Task StopAsync()
        {
            await _ending.CancelAsync();
            try
            {
                await _running!;
            }
            catch (OperationCanceledException)
            {
                // As asked for.
            }
            await _containers.DisposeAsync();
            _client.Dispose();
            _processes.Dispose();
            _journal.Dispose();
            _ending.Dispose();
        }
    }

    private sealed class NoMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]>();
    }
}
