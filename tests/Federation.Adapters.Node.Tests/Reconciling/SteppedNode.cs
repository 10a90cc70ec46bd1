using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Adapters.Node.Tests.Reconciling;

/// <summary>A reconciler on one thread and a clock that the test moves: everything happens while it lets time pass.</summary>
internal sealed class SteppedNode : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private CancellationTokenSource _ending = new();
    private LeaseKeeper _lease;

    public SteppedNode()
    {
        _lease = new LeaseKeeper(Time);
    }

    public VirtualTime Time { get; } = new();

    public FakeHost Host { get; } = new();

    public FakeJournal Journal { get; } = new();

    public NodeReconciler Reconciler { get; private set; } = null!;

    public int FreshOrdersAsked { get; private set; }

    public IReadOnlyList<ReplicaObservation> Replicas => Reconciler.Current.Replicas;

    public static SteppedNode Started()
    {
        var node = new SteppedNode();
        node.Start();
        return node;
    }

    /// <summary>The agent's process starts, with a new lease keeper; what runs runs on.</summary>
    public void Start()
    {
        _ending = new CancellationTokenSource();
        _lease = new LeaseKeeper(Time);
        Reconciler = new NodeReconciler(
            new NodeReconcilerOptions { Cluster = new("c"), Node = new("n"), Allocatable = new(new(4000), new(1L << 30)), FirstPort = 20_000, Ports = 100 },
            Journal, Host, _lease, Time, new SeededChance(7), NullLogger<NodeReconciler>.Instance)
        {
            FreshOrdersWanted = () => FreshOrdersAsked++,
        };
        Run(async () =>
        {
            await Reconciler.StartAsync(CancellationToken.None);
            _ = Reconciler.RunAsync(_ending.Token);
        });
    }

    /// <summary>kill -9: nothing of it runs on.</summary>
    public void Die()
    {
        _ready.Clear();
        _ending.Cancel();
        _ready.Clear();
    }

    public void Apply(long term, long revision, params Assignment[] orders)
    {
        Exception? failure = null;
        Run(async () =>
        {
            try
            {
                await Reconciler.ApplyAsync([.. orders.Select(static order => new DesiredAssignment(order, []))], term, revision, CancellationToken.None);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        if (failure is not null) throw failure;
    }

    public void GrantLease(TimeSpan duration)
    {
        _lease.Granted(_lease.BeginRenewal(), duration);
    }

    /// <summary>Lets time pass, a tick at a time.</summary>
    public void Pass(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(50))
        {
            Time.Advance(TimeSpan.FromMilliseconds(50));
            Drain();
        }
    }

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    public static Assignment Order(int replicas, string revision = "r1", string workload = "web") => new()
    {
        Id = new($"{workload}.c.n"),
        Workload = new(new("acme"), "default", workload),
        WorkloadUid = workload,
        Cluster = new("c"),
        Node = new("n"),
        Replicas = replicas,
        Generation = 1,
        Revision = new(revision),
        Template = new WorkloadTemplate
        {
            Process = new ProcessTemplate { Command = "program" },
            Ports = [new PortTemplate { Name = "http" }],
            HealthCheck = new HealthCheck { Tcp = new TcpCheck(), IntervalSeconds = 1, StartSeconds = 30 },
            DrainSeconds = 2,
            StopGraceSeconds = 5,
            Restart = new RestartPolicy { BackoffSeconds = 1, MaxBackoffSeconds = 8 },
        },
    };

    private void Run(Func<Task> action)
    {
        Post(async _ => await action(), null);
        Drain();
    }

    private void Drain()
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            while (_ready.TryDequeue(out (SendOrPostCallback Callback, object? State) item)) item.Callback(item.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
