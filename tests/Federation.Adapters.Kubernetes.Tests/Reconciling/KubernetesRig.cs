using System.Text;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Journal;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Adapters.Kubernetes.Tests.Client;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Security.Files;
using Federation.TestKit.Kubernetes.Double;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>A reconciler with a double of a cluster; what it logs is kept.</summary>
internal sealed class KubernetesRig : IAsyncDisposable
{
    public const string Plane = "plane-under-test";

    private readonly CancellationTokenSource _ending = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-kubernetes-").FullName;
    private readonly StringBuilder _log = new();
    private readonly KubernetesClient _client;
    private Task _running = Task.CompletedTask;

    private KubernetesRig(KubernetesDouble cluster, bool machineRights, bool nodePorts, bool keepsPolicies)
    {
        Cluster = cluster;
        _client = Clients.Of(cluster.Address);
        Reconciler = new KubernetesReconciler(
            new KubernetesOptions { Cluster = new("c"), Node = new("agent"), Plane = static () => Plane, MachineRights = machineRights, NodePorts = nodePorts, KeepsPolicies = keepsPolicies, Tick = TimeSpan.FromMilliseconds(50), IdleTick = TimeSpan.FromMilliseconds(500), BesideTick = TimeSpan.FromSeconds(1) },
            new FileKubernetesJournal(Path.Combine(_folder, "journal")), new PinnedIdentity(Path.Combine(_folder, "journal", "cluster")), _client, new PlainMaterial(), TimeProvider.System, new SeededChance(5), new Keeping(_log));
    }

    public KubernetesDouble Cluster { get; }

    public KubernetesReconciler Reconciler { get; }

    /// <summary>All that it logged.</summary>
    public string Said
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    public static KubernetesNames Names => new(Plane, new("c"));

    public string Space => Names.Namespace(new("acme"), "default");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<KubernetesRig> StartAsync(Func<ApiCall, bool>? allows = null, bool machineRights = false, Action<KubernetesDouble>? prepare = null, bool nodePorts = false, bool keepsPolicies = false)
    {
        var rig = new KubernetesRig(await KubernetesDouble.StartAsync(TimeProvider.System, "n1", "n2"), machineRights, nodePorts, keepsPolicies);
        rig.Cluster.Allows = allows;
        prepare?.Invoke(rig.Cluster);
        await rig.Reconciler.StartAsync(CancellationToken.None);
        rig._running = Task.Run(() => rig.Reconciler.RunAsync(rig._ending.Token));
        return rig;
    }

    public static Assignment Order(int replicas, string revision = "r1") => new()
    {
        Id = new("web.uid.c"),
        Workload = new(new("acme"), "default", "web"),
        WorkloadUid = "uid-web",
        Cluster = new("c"),
        Replicas = replicas,
        Generation = 1,
        Revision = new(revision),
        Template = new WorkloadTemplate { Image = "demo/web:1", Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }], DrainSeconds = 0, StopGraceSeconds = 1, Environment = new Dictionary<string, string> { ["REVISION"] = revision } },
    };

    public Task ApplyAsync(long term, long revision, params DesiredAssignment[] desired) => Reconciler.ApplyAsync(desired, term, revision, Cancelled);

    public async Task<ClusterObservationSet> SeeAsync(Func<ClusterObservationSet, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        ClusterObservationSet? last = null;
        try
        {
            await foreach (ClusterObservationSet set in Reconciler.WatchAsync(limit.Token))
            {
                last = set;
                if (isSo(set)) return set;
            }
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            // Told below.
        }
        throw new TimeoutException($"not seen; last: {string.Join("; ", last?.Replicas.Select(static replica => $"{replica.Id} {replica.Revision} {replica.State} {replica.Message}") ?? [])}\n{Said}");
    }

    public async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        while (!isSo())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"it never came about\n{Said}");
            await Task.Delay(20, Cancelled);
        }
    }

    public JsonObject? Deployment(string revision = "r1") => Cluster.Find("apps", "deployments", Space, Names.Deployment(new("web.uid.c"), new(revision), new(new("acme"), "default", "web")));

    public JsonObject? Set() => Cluster.Find("apps", "statefulsets", Space, "web");

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _client.Dispose();
        await Cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _ending.Dispose();
    }

    // Material that is not sealed: keys and values in its bytes, as in an address's query.
    private sealed class PlainMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files)
        {
            return Encoding.UTF8.GetString(files.Box.Span).Split('&').Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], static pair => Encoding.UTF8.GetBytes(pair[1]));
        }
    }

    private sealed class Keeping(StringBuilder log) : ILogger<KubernetesReconciler>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (log) log.AppendLine(formatter(state, exception));
        }
    }
}
