using System.Globalization;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Adapters.Node.Tests.Processes;

/// <summary>A node with real processes, in a folder of its own.</summary>
internal sealed class RealNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _ending = new();
    private readonly FileNodeJournal _journal;
    private readonly bool _ownsFolders;
    private Task? _running;

    public RealNode(string? folder = null, Func<ProcessHostOptions, ProcessHostOptions>? with = null)
    {
        _ownsFolders = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("federation-node-").FullName;
        Options = new ProcessHostOptions
        {
            Cluster = new("c"),
            Node = new("n"),
            StateDirectory = Folder,
            RuntimeDirectory = RuntimeOf(Folder),
            VolumeDirectory = Path.Combine(RuntimeOf(Folder), "volumes"),
        };
        if (with is not null) Options = with(Options);
        _journal = new FileNodeJournal(Path.Combine(Folder, "journal"));
        Lease = new LeaseKeeper(TimeProvider.System);
        Host = new ProcessReplicaHost(Options, new PlainMaterial(), TimeProvider.System, NullLogger<ProcessReplicaHost>.Instance);
        Reconciler = new NodeReconciler(
            new NodeReconcilerOptions { Cluster = new("c"), Node = new("n"), Allocatable = new(new(4000), new(1L << 31)), SingletonSettle = TimeSpan.FromMilliseconds(300) },
            _journal, Host, Lease, TimeProvider.System, SecureChance.Instance, NullLogger<NodeReconciler>.Instance);
    }

    public string Folder { get; }

    public ProcessHostOptions Options { get; }

    public ProcessReplicaHost Host { get; }

    public LeaseKeeper Lease { get; }

    public NodeReconciler Reconciler { get; }

    public static string RuntimeOf(string folder) => "/dev/shm/" + Path.GetFileName(folder);

    public static async Task<RealNode> StartedAsync(Func<ProcessHostOptions, ProcessHostOptions>? with = null)
    {
        var node = new RealNode(with: with);
        await node.StartAsync();
        return node;
    }

    public async Task StartAsync()
    {
        await Reconciler.StartAsync(CancellationToken.None);
        _running = Task.Run(() => Reconciler.RunAsync(_ending.Token));
    }

    public Task ApplyAsync(long revision, params Assignment[] orders) => ApplyAsync(revision, [], orders);

    public Task ApplyAsync(long revision, IReadOnlyList<SealedFiles> material, params Assignment[] orders) =>
        Reconciler.ApplyAsync([.. orders.Select(order => new DesiredAssignment(order, material))], 1, revision, CancellationToken.None);

    public async Task<ClusterObservationSet> SeeAsync(Func<ClusterObservationSet, bool> predicate)
    {
        using var limit = new CancellationTokenSource(Patience);
        ClusterObservationSet? last = null;
        await foreach (ClusterObservationSet set in Reconciler.WatchAsync(limit.Token))
        {
            last = set;
            if (predicate(set)) return set;
        }
        throw new TimeoutException($"not seen within {Patience.TotalSeconds} s; last: {string.Join("; ", last!.Replicas.Select(static replica => $"{replica.Id} {replica.State} {replica.Message} {replica.LastEnd}"))}");
    }

    public async Task<ReplicaObservation> SeeReadyAsync() =>
        (await SeeAsync(static set => set.Replicas is [{ State: ReplicaState.Ready }])).Replicas[0];

    /// <summary>Waits until a replica has written so much, and gives it.</summary>
    public async Task<string> OutputAsync(ReplicaId replica, string upTo)
    {
        string path = Path.Combine(Folder, "logs", replica.Value + ".log");
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            string text = File.Exists(path) ? await File.ReadAllTextAsync(path, limit.Token) : "";
            if (text.Contains(upTo, StringComparison.Ordinal)) return text;
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Runs a shell command as the replica's user, and gives its exit code and output.</summary>
    public async Task<(int ExitCode, string Output)> RunBesideAsync(ReplicaId replica, string command)
    {
        using var process = Host.StartCommand(replica, ["/bin/sh", "-c", "{ " + command + "; } 2>&1"])!;
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    public ReplicaFolder FolderOf(ReplicaId replica) => new(Path.Combine(Options.RuntimeDirectory!, "replicas"), Path.Combine(Folder, "logs"), replica);

    public static Assignment Order(string workload, string script, int replicas = 1, string tenant = "acme") => new()
    {
        Id = new($"{tenant}.{workload}.c.n"),
        Workload = new(new(tenant), "default", workload),
        WorkloadUid = workload,
        Cluster = new("c"),
        Node = new("n"),
        Replicas = replicas,
        Generation = 1,
        Revision = new("r1"),
        Template = new WorkloadTemplate
        {
            Process = new ProcessTemplate { Command = "/bin/sh", Arguments = ["-c", script] },
            DrainSeconds = 0,
            StopGraceSeconds = 2,
            Restart = new RestartPolicy { BackoffSeconds = 0.2, MaxBackoffSeconds = 1 },
        },
    };

    /// <summary>The process that a replica runs now and its parent, as that noted them.</summary>
    public static (int Process, int Parent) ProcessOf(string folder, ReplicaId replica)
    {
        string control = Path.Combine(RuntimeOf(folder), "replicas", replica.Value, "control");
        return (Read("child"), Read("parent"));

        int Read(string note) => int.Parse(File.ReadAllText(Path.Combine(control, note)).Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>All processes that a node's replicas run now, parents not counted.</summary>
    public static IReadOnlyList<int> ProcessesOf(string folder)
    {
        string mark = $"FEDERATION_MARK={folder}/";
        List<int> found = [];
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process)) continue;
            try
            {
                string[] environment = File.ReadAllText(Path.Combine(entry, "environ")).Split('\0');
                if (environment.Any(variable => variable.StartsWith(mark, StringComparison.Ordinal)) && environment.Any(static variable => variable.StartsWith("FEDERATION_REPLICA=", StringComparison.Ordinal)))
                    found.Add(process);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended in between, or is not ours to look into.
            }
        }
        return found;
    }

    public async Task StopAsync()
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
        Host.Dispose();
        _journal.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Reconciler.ApplyAsync([], long.MaxValue, 1, CancellationToken.None);
        await SeeAsync(static set => set.Replicas.Count == 0);
        await StopAsync();
        if (!_ownsFolders) return;
        Directory.Delete(Folder, recursive: true);
        Directory.Delete(RuntimeOf(Folder), recursive: true);
    }

    // The tests' boxes are open: one file named "key".
    private sealed class PlainMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]> { ["key"] = [.. files.Box.Span] };
    }
}
