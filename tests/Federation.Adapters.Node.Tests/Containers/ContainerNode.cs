using System.Text;
using System.Text.Json;
using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Logs;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Engine.Connecting;
using Federation.TestKit.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Adapters.Node.Tests.Containers;

/// <summary>A node with containers of a real engine, in a folder of its own, whose agent can die and return.</summary>
internal sealed class ContainerNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Func<ContainerHostOptions, ContainerHostOptions> _with;
    private CancellationTokenSource _ending = new();
    private FileNodeJournal _journal = null!;
    private ProcessReplicaHost _processes = null!;
    private EngineClient _client = null!;
    private Task? _running;

    private ContainerNode(DockerEngine engine, Func<ContainerHostOptions, ContainerHostOptions>? with)
    {
        Engine = engine;
        _with = with ?? (static options => options);
        Folder = Directory.CreateTempSubdirectory("federation-node-").FullName;
    }

    public DockerEngine Engine { get; }

    public string Folder { get; }

    public string Runtime => "/dev/shm/" + Path.GetFileName(Folder);

    public ContainerReplicaHost Containers { get; private set; } = null!;

    public NodeReplicaHost Host { get; private set; } = null!;

    public LeaseKeeper Lease { get; private set; } = null!;

    public NodeReconciler Reconciler { get; private set; } = null!;

    public string Label => $"c.n.{ProcessReplicaHost.IdentityOf(Folder)}";

    public static async Task<ContainerNode> StartedAsync(DockerEngine engine, Func<ContainerHostOptions, ContainerHostOptions>? with = null)
    {
        var node = new ContainerNode(engine, with);
        await node.StartAsync();
        return node;
    }

    public async Task StartAsync(TimeSpan? patience = null)
    {
        _ending = new();
        _journal = new FileNodeJournal(Path.Combine(Folder, "journal"));
        Lease = new LeaseKeeper(TimeProvider.System);
        _processes = new ProcessReplicaHost(
            new ProcessHostOptions { Cluster = new("c"), Node = new("n"), StateDirectory = Folder, RuntimeDirectory = Runtime, VolumeDirectory = Path.Combine(Runtime, "volumes") },
            new PlainMaterial(), TimeProvider.System, NullLogger<ProcessReplicaHost>.Instance);
        _client = new EngineClient(new EngineClientOptions { Address = EngineAddress.Parse("unix://" + Engine.SocketPath) }, TimeProvider.System);
        Containers = new ContainerReplicaHost(
            _with(new ContainerHostOptions
            {
                Cluster = new("c"),
                Node = new("n"),
                StateDirectory = Folder,
                LookAgain = TimeSpan.FromMilliseconds(100),
                StartPatience = patience ?? TimeSpan.FromSeconds(30),
                Plane = static () => "plane-1",
            }),
            _client, _processes, new PlainMaterial(), TimeProvider.System, NullLogger<ContainerReplicaHost>.Instance);
        Host = new NodeReplicaHost(_processes, Containers);
        Reconciler = new NodeReconciler(
            new NodeReconcilerOptions { Cluster = new("c"), Node = new("n"), Allocatable = new(new(4000), new(1L << 31)), SingletonSettle = TimeSpan.FromMilliseconds(300), UncheckedSettle = TimeSpan.FromMilliseconds(200) },
            _journal, Host, Lease, TimeProvider.System, SecureChance.Instance, NullLogger<NodeReconciler>.Instance);
        await Reconciler.StartAsync(CancellationToken.None);
        _running = Task.Run(() => Reconciler.RunAsync(_ending.Token));
    }

    /// <summary>The agent is no more; what runs runs on.</summary>
    public async Task DieAsync()
    {
        await _ending.CancelAsync();
        try
        {
            if (_running is not null) await _running;
        }
        catch (OperationCanceledException)
        {
            // As asked for.
        }
        await Containers.DisposeAsync();
        _client.Dispose();
        _processes.Dispose();
        _journal.Dispose();
        _running = null;
    }

    public Task ApplyAsync(long revision, params Assignment[] orders) => ApplyAsync(revision, [], orders);

    public Task ApplyAsync(long revision, IReadOnlyList<SealedFiles> material, params Assignment[] orders) =>
        Reconciler.ApplyAsync([.. orders.Select(order => new DesiredAssignment(order, material))], 1, revision, CancellationToken.None);

    public async Task<ClusterObservationSet> SeeAsync(Func<ClusterObservationSet, bool> predicate)
    {
        using var limit = new CancellationTokenSource(Patience);
        ClusterObservationSet? last = null;
        try
        {
            await foreach (ClusterObservationSet set in Reconciler.WatchAsync(limit.Token))
            {
                last = set;
                if (predicate(set)) return set;
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }
        throw new TimeoutException($"not seen within {Patience.TotalSeconds} s; last: {string.Join("; ", last!.Replicas.Select(static replica => $"{replica.Id} {replica.State} {replica.Message} {replica.LastEnd}"))}");
    }

    public async Task<ReplicaObservation> SeeReadyAsync() => (await SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Ready }])).Replicas[0];

    /// <summary>The replica's container as the engine describes it.</summary>
    public Task<JsonDocument> InspectAsync(ReplicaId replica) => Engine.GetAsync($"containers/{EngineNames.Container(Label, replica.Value)}/json");

    /// <summary>Waits until a replica has written so much, and gives all of it.</summary>
    public Task<string> OutputAsync(ReplicaId replica, string upTo) => OutputAsync(replica, text => text.Contains(upTo, StringComparison.Ordinal));

    /// <summary>Waits until the engine itself has a text of the replica's, whether or not an agent runs.</summary>
    public async Task WrittenAsync(ReplicaId replica, string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!(await Engine.SendAsync(HttpMethod.Get, $"containers/{EngineNames.Container(Label, replica.Value)}/logs?stdout=true")).Contains(text, StringComparison.Ordinal))
            await Task.Delay(20, limit.Token);
    }

    /// <summary>The replica's output, once it is as wanted.</summary>
    public async Task<string> OutputAsync(ReplicaId replica, Func<string, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var text = new StringBuilder();
            await foreach (WrittenLine line in Host.Logs.ReadAsync(replica, new LogQuery(false, null, null), limit.Token)) text.Append(line.Text).Append('\n');
            if (wanted(text.ToString())) return text.ToString();
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Runs a shell command inside a replica's container, and gives its exit code and output.</summary>
    public async Task<(int ExitCode, string Output)> RunInsideAsync(ReplicaId replica, string command)
    {
        await using IReplicaCommand running = (await Host.RunCommandAsync(replica, ["/bin/sh", "-c", "{ " + command + "; } 2>&1"], null, input: false, CancellationToken.None))!;
        var output = new StringBuilder();
        await running.CopyOutputAsync((_, piece, _) =>
        {
            output.Append(Encoding.UTF8.GetString(piece.Span));
            return ValueTask.CompletedTask;
        }, CancellationToken.None);
        return (await running.WaitAsync(CancellationToken.None), output.ToString());
    }

    public static Assignment Order(string workload, string script, int replicas = 1, string tenant = "acme") => new()
    {
        Id = new($"{tenant}.{workload}.c.n"),
        Workload = new(new(tenant), "default", workload),
        WorkloadUid = "uid-" + workload,
        Cluster = new("c"),
        Node = new("n"),
        Replicas = replicas,
        Generation = 4,
        Revision = new("r1"),
        Template = new WorkloadTemplate
        {
            Image = DockerEngine.Image,
            Container = new ContainerTemplate { Command = ["/bin/sh", "-c", script] },
            DrainSeconds = 0,
            StopGraceSeconds = 1,
            Restart = new RestartPolicy { BackoffSeconds = 0.2, MaxBackoffSeconds = 1 },
        },
    };

    public async ValueTask DisposeAsync()
    {
        if (_running is null) await StartAsync();
        await Reconciler.ApplyAsync([], long.MaxValue, 1, CancellationToken.None);
        await SeeAsync(static set => set.Replicas.Count == 0);
        await DieAsync();
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(Runtime, recursive: true);
    }

    // The tests' boxes are open: one file named "key".
    private sealed class PlainMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]> { [files.Name == "regcred" ? ".dockerconfigjson" : "key"] = [.. files.Box.Span] };
    }
}
