using System.Globalization;
using System.Text.Json;
using Federation.Adapters.Swarm.Journal;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Security.Files;
using Federation.TestKit.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>The adapter with a cluster of its own name on a real swarm.</summary>
internal sealed class SwarmRig : IAsyncDisposable
{
    // Generous: only a hang reaches it, however slow the machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static int s_count;
    private readonly CancellationTokenSource _ending = new();
    private readonly SwarmManagers _managers;
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-swarm-").FullName;
    private readonly Task _running;
    private long _revision;
    private bool _left;

    private SwarmRig(SwarmBed bed, string cluster, IReadOnlyList<EngineClientOptions>? managers, bool machineRights)
    {
        Bed = bed;
        Cluster = cluster;
        _managers = new SwarmManagers([.. (managers ?? [bed.Manager.Reach(EngineWay.Socket)]).Select(static manager => new EngineClient(manager with { Patience = TimeSpan.FromSeconds(10) }, TimeProvider.System))]);
        Reconciler = new SwarmReconciler(
            new SwarmOptions { Cluster = new(cluster), Node = new("agent"), Plane = static () => "plane-1", MachineRights = machineRights, IdleTick = TimeSpan.FromMilliseconds(300) },
            new FileSwarmJournal(Path.Combine(_folder, "journal")), new PinnedIdentity(Path.Combine(_folder, "journal", "cluster")), _managers, Material, TimeProvider.System, NullLogger<SwarmReconciler>.Instance);
        _running = RunAsync();
    }

    public SwarmBed Bed { get; }

    public string Cluster { get; }

    public PlainMaterial Material { get; } = new();

    public SwarmReconciler Reconciler { get; }

    public static SwarmRig Open(SwarmBed bed, string? cluster = null, IReadOnlyList<EngineClientOptions>? managers = null, bool machineRights = false) =>
        new(bed, cluster ?? string.Create(CultureInfo.InvariantCulture, $"t{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}"), managers, machineRights);

    public static WorkloadTemplate Serving(string text = "one") => new()
    {
        Image = DockerEngine.Image,
        Container = new ContainerTemplate { Command = ["/bin/httpd", "-f", "-p", "$(PORT)", "-h", "/www"] },
        Environment = new Dictionary<string, string> { ["TEXT"] = text },
        Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }],
        HealthCheck = new HealthCheck { Http = new HttpCheck(), IntervalSeconds = 1 },
        DrainSeconds = 0,
        StopGraceSeconds = 1,
    };

    public Assignment Order(string workload, int replicas, WorkloadTemplate? template = null, string revision = "r1") => new()
    {
        Id = new($"{workload}.uid.{Cluster}"),
        Workload = new(new("acme"), "shop", workload),
        WorkloadUid = "uid-" + workload,
        Cluster = new(Cluster),
        Replicas = replicas,
        Generation = 1,
        Revision = new(revision),
        Template = template ?? Serving(),
    };

    public Task ApplyAsync(params DesiredAssignment[] orders) => ApplyAsync(1, orders);

    public Task ApplyAsync(long term, params DesiredAssignment[] orders) => Reconciler.ApplyAsync(orders, term, ++_revision, TestContext.Current.CancellationToken);

    public Task ApplyAsync(params Assignment[] orders) => ApplyAsync([.. orders.Select(static order => new DesiredAssignment(order, []))]);

    /// <summary>Has the same orders obeyed once more: by then all that runs has been compared with them.</summary>
    public async Task ObeyAgainAsync()
    {
        await ApplyAsync([.. Reconciler.Desired]);
        await SeeAsync(set => set.Nodes[0].AppliedRevision == Reconciler.KnownRevision);
    }

    public async Task<ClusterObservationSet> SeeAsync(Func<ClusterObservationSet, bool> predicate)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        ClusterObservationSet? last = null;
        await foreach (ClusterObservationSet set in Reconciler.WatchAsync(limit.Token))
        {
            last = set;
            if (predicate(set)) return set;
        }
        throw new TimeoutException($"not seen within {Patience.TotalSeconds} s; last: {string.Join("; ", last?.Replicas.Select(static replica => $"{replica.Id} {replica.Revision} {replica.State} {replica.Message} {replica.LastEnd}") ?? [])}");
    }

    public Task<ClusterObservationSet> SeeReadyAsync(int count, string revision = "r1") =>
        SeeAsync(set => set.Replicas.Count(replica => replica.State == ReplicaState.Ready && replica.Revision.Value == revision) == count && set.Replicas.Count == count);

    /// <summary>This cluster's services, as the swarm holds them.</summary>
    public async Task<JsonElement[]> ServicesAsync(string kind = "services")
    {
        using JsonDocument found = await Bed.Manager.GetAsync($"{kind}?filters={Uri.EscapeDataString($"{{\"label\":[\"federation.cluster={Cluster}\"]}}")}");
        return [.. found.RootElement.EnumerateArray().Select(static element => element.Clone())];
    }

    /// <summary>Waits until the swarm itself says so.</summary>
    public static async Task WaitAsync(Func<Task<bool>> holds, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"{what}: not within {Patience.TotalSeconds} s");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    // A swarm takes its time to end things: the next test need not wait, the bed does.
    public ValueTask DisposeAsync()
    {
        if (!_left) Bed.EndLater(EndAsync());
        return ValueTask.CompletedTask;
    }

    private async Task EndAsync()
    {
        try
        {
            await Reconciler.ApplyAsync([], long.MaxValue, ++_revision, CancellationToken.None);
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            await foreach (ClusterObservationSet set in Reconciler.WatchAsync(limit.Token))
                if (set.Replicas.Count == 0 && set.Nodes[0].AppliedTerm == long.MaxValue) return;
            throw new TimeoutException($"cluster {Cluster} still has replicas in its swarm");
        }
        finally
        {
            await StopAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>It ends without a word; what it runs stays.</summary>
    public async Task LeaveAsync()
    {
        _left = true;
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        await _ending.CancelAsync();
        await _running;
        Reconciler.Dispose();
        _managers.Dispose();
    }

    private async Task RunAsync()
    {
        await Reconciler.StartAsync(CancellationToken.None);
        await Task.Run(() => Reconciler.RunAsync(_ending.Token));
    }
}
