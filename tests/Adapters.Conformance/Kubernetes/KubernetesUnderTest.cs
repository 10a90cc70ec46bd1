using System.Globalization;
using Federation.Adapters;
using Federation.Adapters.Kubernetes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Journal;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Workloads;
using Federation.Security.Files;
using Federation.TestKit.Kubernetes.Double;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adapters.Conformance.Kubernetes;

/// <summary>The Kubernetes adapter with a double of a cluster of its own.</summary>
internal sealed class KubernetesUnderTest : AdapterUnderTest
{
    private readonly KubernetesDouble _cluster;
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-kubernetes-").FullName;
    private Living? _living;

    private KubernetesUnderTest(KubernetesDouble cluster) => _cluster = cluster;

    public override IClusterActuator Actuator => _living!.Reconciler;

    public override IClusterObserver Observer => _living!.Reconciler;

    public override WorkloadTemplate Greedy => Program("greedy", "greedy") with { Resources = new ResourceRequirements { MemoryLimit = new(64L * 1024 * 1024) } };

    public static async Task<KubernetesUnderTest> OpenAsync()
    {
        KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1", "n2");
        cluster.Plays = static (_, container) => (string?)container["command"]?[0] switch
        {
            "never" => new ContainerPlay { ReadyAfter = null },
            "greedy" => new ContainerPlay { EndsAfter = TimeSpan.Zero, ExitCode = 137, EndReason = "OOMKilled" },
            "end" => new ContainerPlay { EndsAfter = TimeSpan.Zero, ExitCode = int.Parse((string)container["command"]![1]!, CultureInfo.InvariantCulture) },
            _ => null,
        };
        var adapter = new KubernetesUnderTest(cluster);
        await File.WriteAllTextAsync(Path.Combine(adapter._folder, "kubeconfig"), $$"""
            clusters: [{ name: double, cluster: { server: "{{cluster.Address}}" } }]
            contexts: [{ name: double, context: { cluster: double } }]
            current-context: double
            """);
        await adapter.StartAsync();
        return adapter;
    }

    public override WorkloadTemplate Serving(string text) => Program(text, "serve");

    public override WorkloadTemplate NeverReady(string text) => Program(text, "never");

    public override WorkloadTemplate Ending(int code, RestartPolicy restart) => new()
    {
        Image = "demo/report:1",
        Container = new ContainerTemplate { Command = ["end", code.ToString(CultureInfo.InvariantCulture)] },
        Restart = restart,
        DrainSeconds = 0,
        StopGraceSeconds = 1,
    };

    public override Assignment Order(string workload, int replicas, WorkloadTemplate template, string revision) => new()
    {
        Id = new($"{workload}.uid.double"),
        Workload = new(new("acme"), "default", workload),
        WorkloadUid = "uid-" + workload,
        Cluster = new("double"),
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

    // The containers that run, as the cluster's own machines would list them.
    public override IReadOnlyList<string> Processes() =>
    [
        .. _cluster.List("", "pods")
            .SelectMany(static pod => pod["status"]?["containerStatuses"]?.AsArray() ?? [])
            .Where(static container => container!["state"]!["running"] is not null)
            .Select(static container => (string)container!["containerID"]!)
            .Order(StringComparer.Ordinal),
    ];

    public override async ValueTask DisposeAsync()
    {
        await _living!.StopAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // The text is in the environment, so that another text is another template.
    private static WorkloadTemplate Program(string text, string command) => new()
    {
        Image = "demo/web:1",
        Container = new ContainerTemplate { Command = [command] },
        Environment = new Dictionary<string, string> { ["TEXT"] = text },
        Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }],
        HealthCheck = new HealthCheck { Http = new HttpCheck(), IntervalSeconds = 1 },
        DrainSeconds = 0,
        StopGraceSeconds = 1,
    };

    private async Task StartAsync()
    {
        _living = new Living(_folder);
        await _living.StartAsync();
    }

    private sealed class Living(string folder)
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly KubernetesClient _client = new(
            ClusterConnection.From(Kubeconfig.Read(Path.Combine(folder, "kubeconfig")), null, static _ => null, TimeProvider.System), new KubernetesClientOptions(), TimeProvider.System, new SecureChance());
        private Task? _running;

        public KubernetesReconciler Reconciler { get; private set; } = null!;

        public async Task StartAsync()
        {
            Reconciler = new KubernetesReconciler(
                new KubernetesOptions { Cluster = new("double"), Node = new("agent"), Plane = static () => "plane-under-test", Tick = TimeSpan.FromMilliseconds(100) },
                new FileKubernetesJournal(Path.Combine(folder, "journal")), new PinnedIdentity(Path.Combine(folder, "journal", "cluster")), _client, new NoMaterial(), TimeProvider.System, new SecureChance(), NullLogger<KubernetesReconciler>.Instance);
            await Reconciler.StartAsync(CancellationToken.None);
            _running = Task.Run(() => Reconciler.RunAsync(_ending.Token));
        }

        public async Task StopAsync()
        {
            await _ending.CancelAsync();
            await _running!;
            _client.Dispose();
            _ending.Dispose();
        }
    }

    private sealed class NoMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]>();
    }
}
