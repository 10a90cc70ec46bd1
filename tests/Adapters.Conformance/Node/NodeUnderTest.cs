using System.Globalization;
using Federation.Adapters;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Workloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adapters.Conformance.Node;

/// <summary>The real node adapter with real processes, in a folder of its own.</summary>
internal sealed class NodeUnderTest : AdapterUnderTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-node-").FullName;
    private readonly string _runtime = $"/dev/shm/federation-test-{Guid.NewGuid():N}";
    private Living? _living;

    public override IClusterActuator Actuator => _living!.Reconciler;

    public override IClusterObserver Observer => _living!.Reconciler;

    public override WorkloadTemplate Greedy => new()
    {
        Process = new ProcessTemplate { Command = "/usr/bin/perl", Arguments = ["-e", "my $m = 'x' x (128 * 1024 * 1024); sleep 600"] },
        Resources = new ResourceRequirements { MemoryLimit = new(64L * 1024 * 1024) },
        Restart = new RestartPolicy { BackoffSeconds = 60 },
    };

    public static async Task<NodeUnderTest> OpenAsync()
    {
        var node = new NodeUnderTest();
        await node.StartAsync();
        return node;
    }

    public override WorkloadTemplate Serving(string text) => Program(text, HttpServer, new HttpCheck());

    public override WorkloadTemplate NeverReady(string text) => Program(text, "sleep 600;", new HttpCheck());

    public override WorkloadTemplate Ending(int code, RestartPolicy restart) => new()
    {
        Process = new ProcessTemplate { Command = "/bin/sh", Arguments = ["-c", string.Create(CultureInfo.InvariantCulture, $"exit {code}")] },
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

    public override IReadOnlyList<string> Processes()
    {
        string mark = $"FEDERATION_MARK={_folder}/";
        List<string> found = [];
        foreach (string entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out int process)) continue;
            try
            {
                // Of a replica's processes only the one that knows its replica: parents do not.
                string[] environment = File.ReadAllText(Path.Combine(entry, "environ")).Split('\0');
                string stat = File.ReadAllText(Path.Combine(entry, "stat"));
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[0] != "Z" && environment.Any(variable => variable.StartsWith(mark, StringComparison.Ordinal)) && environment.Any(static variable => variable.StartsWith("FEDERATION_REPLICA=", StringComparison.Ordinal)))
                    found.Add($"{process}@{fields[19]}");
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
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)))
        {
            await foreach (ClusterObservationSet set in _living.Reconciler.WatchAsync(limit.Token))
                if (set.Replicas.Count == 0) break;
        }
        await _living.StopAsync();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_runtime, recursive: true);
    }

    private const string HttpServer = """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 16, ReuseAddr => 1) or die "no socket: $!";
        while (my $c = $s->accept) { while (my $l = <$c>) { last if $l =~ /^\r?\n$/; } print $c "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"; close $c; }
        """;

    // The text is a comment in the program, so that another text is another template.
    private static WorkloadTemplate Program(string text, string program, HttpCheck check) => new()
    {
        Process = new ProcessTemplate { Command = "/usr/bin/perl", Arguments = ["-e", $"# {text}\n{program}"] },
        Ports = [new PortTemplate { Name = "http" }],
        HealthCheck = new HealthCheck { Http = check, IntervalSeconds = 1 },
        DrainSeconds = 0,
        StopGraceSeconds = 2,
    };

    private async Task StartAsync()
    {
        _living = new Living(_folder, _runtime);
        await _living.StartAsync();
    }

    private sealed class Living(string folder, string runtime)
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly FileNodeJournal _journal = new(Path.Combine(folder, "journal"));
        private readonly ProcessReplicaHost _host = new(
            new ProcessHostOptions { Cluster = new("c"), Node = new("n"), StateDirectory = folder, RuntimeDirectory = runtime },
            new NoMaterial(), TimeProvider.System, NullLogger<ProcessReplicaHost>.Instance);

        private Task? _running;

        public NodeReconciler Reconciler { get; private set; } = null!;

        public async Task StartAsync()
        {
            Reconciler = new NodeReconciler(
                new NodeReconcilerOptions { Cluster = new("c"), Node = new("n"), Allocatable = new(new(4000), new(1L << 31)) },
                _journal, _host, new LeaseKeeper(TimeProvider.System), TimeProvider.System, SecureChance.Instance, NullLogger<NodeReconciler>.Instance);
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
            _host.Dispose();
            _journal.Dispose();
            _ending.Dispose();
        }
    }

    private sealed class NoMaterial : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]>();
    }
}
