using Federation.Adapters.Node.Leases;
using Federation.Adapters.Node.Reconciling;
using Federation.Agent.Loops;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Clusters;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Gateway.Loops;
using Federation.Gateway.Tables;
using Federation.Grpc.Streams;
using Federation.Health.Liveness;
using Federation.Health.Service.Events;
using Federation.Health.Service.Loops;
using Federation.Health.Service.Reports;
using Federation.Placement.Agents;
using Federation.Placement.Api;
using Federation.Placement.Documents;
using Federation.Placement.Events;
using Federation.Placement.Loops;
using Federation.Placement.Status;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Federation.Storage.Logs;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Tests.Disk;
using Simulation.Tests.Engine;
using Simulation.Tests.Network;

namespace Simulation.Tests.World;

/// <summary>The real loops of Placement, Health, the gateway's table and the agents, each in a simulated process of its own.</summary>
public sealed class SimulatedPlane
{
    // As on a slow machine: most of what an agent does is to look whether there is anything to do.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    // Faults last seconds here, not minutes: leases are as much shorter than in life, so that a schedule sees many end. The rules hold for any length.
    private static readonly VerdictLimits Limits = VerdictLimits.Default with { Lease = TimeSpan.FromSeconds(10) };

    private readonly Simulator _simulator;
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Following> _followings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IStore> _stores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _clocksApart = new(StringComparer.Ordinal);

    public SimulatedPlane(Simulator simulator, IEnumerable<SimulatedMachine> machines)
    {
        _simulator = simulator;
        Network = new SimulatedNetwork(simulator);
        PlacementDisk = new SimulatedDisk(simulator) { Dies = Kill };
        Machines = [.. machines];
        Hosts = ["placement", HealthHost, "gateway", .. Machines.Select(machine => machine.HostName)];
    }

    /// <summary>Where Health runs.</summary>
    public const string HealthHost = "health";

    /// <summary>The hosts' names: one for each process.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>How far a host's wall clock is apart from the common one, from now on.</summary>
    public void SetClockApart(string host, TimeSpan apart)
    {
        _clocksApart[host] = apart;
        _simulator.Trace.Add($"{host}'s wall clock is {apart} apart");
    }

    /// <summary>What the processes follow of each other, by who follows; of one that died, what it followed.</summary>
    public IReadOnlyDictionary<string, Following> Followings => _followings;

    /// <summary>The stores whose documents are followed, by their owners; of one that died, its last.</summary>
    public IReadOnlyDictionary<string, IStore> Stores => _stores;

    public SimulatedNetwork Network { get; }

    public SimulatedDisk PlacementDisk { get; }

    public IReadOnlyList<SimulatedMachine> Machines { get; }

    public SimulatedProcess? Placement { get; private set; }

    public SimulatedProcess? Health { get; private set; }

    public SimulatedProcess? GatewayProcess { get; private set; }

    /// <summary>What the API of the running Placement offers; null while none runs.</summary>
    public PlacementDoor? Door { get; private set; }

    /// <summary>The gateway's table, over the death of its process.</summary>
    public GatewayTable? Table { get; private set; }

    public void StartAll()
    {
        StartPlacement();
        StartHealth();
        StartGateway();
        foreach (SimulatedMachine machine in Machines) StartAgent(machine);
    }

    public void StartPlacement()
    {
        // Whoever takes the store over has seen the end of its holder's lease; a holder that still runs ends itself. One that stands still does not know.
        if (Placement is { Paused: false } before) Kill(before);
        SimulatedProcess process = Placement = NewProcess("placement");
        var time = TimeOf(process);
        process.Start(async () =>
        {
            IStore store = await DocumentStore.OpenAsync(PlacementDisk.OpenFor(process, time), new DocumentStoreOptions { Time = time }, CancellationToken.None);
            IChance chance = _simulator.Chance;
            var identity = new FeedFollower("identity", new FixedFeedSource(time, ("Namespace", "acme/default")), NamespaceDirectory.FollowedKinds, time, chance, NullLogger.Instance);
            var material = new FeedFollower("secretstore", new FixedFeedSource(time), ["Config", "Secret"], time, chance, NullLogger.Instance);
            FeedFollower health = Follower("health", process, time, ObservedWorld.FollowedKinds);
            var events = new EventJournal(time, chance);
            var planner = new PlannerLoop(store, health, material, events, time, NullLogger.Instance);
            var dispatch = new DispatchLoop(store, health, material, events, time, NullLogger.Instance);
            var wakeups = new Wakeups(store, planner, dispatch);
            health.Changed += wakeups.OnHealth;
            material.Changed += wakeups.OnMaterial;
            var sessions = new AgentSessions();
            foreach (SimulatedMachine machine in Machines)
            {
                Network.Listen($"placement/{machine.Key}", process.Name, process, stream => sessions.RunAsync(
                    machine.Key,
                    ct => new AssignmentSession(machine.Key, default, store, NoMaterial.Instance, time).RunAsync((IMessageStream<PlacementMessage, AgentMessage>)stream, ct),
                    CancellationToken.None));
            }
            Serve("placement", process, store, time);
            var namespaces = new NamespaceDirectory(identity);
            Door = new PlacementDoor(
                process, store,
                new ResourceDesk<Workload>(store, new WorkloadRules(namespaces, new WorkloadStatusReader(store, health, material, time)), time, chance),
                new ResourceDesk<Cluster>(store, new ClusterRules(new ClusterStatusReader(store, health), health), time, chance),
                new ResourceDesk<Volume>(store, new VolumeRules(namespaces), time, chance),
                health, material);
            await Task.WhenAll(
                identity.RunAsync(default), material.RunAsync(default), health.RunAsync(default),
                wakeups.RunAsync(default), planner.RunAsync(default), dispatch.RunAsync(default));
        }, Network.Died);
    }

    public void StartHealth()
    {
        SimulatedProcess process = Health = NewProcess("health");
        var time = TimeOf(process);
        process.Start(async () =>
        {
            IStore store = await DocumentStore.OpenAsync(new MemoryCommitLog(_simulator.Chance), new DocumentStoreOptions { Time = time }, CancellationToken.None);
            var clock = new HealthClock(time);
            var desk = new ObservationDesk(store, clock, Limits);
            FeedFollower placement = Follower("placement", process, time, [Kinds.Cluster, Kinds.Workload, Kinds.Route, Kinds.Assignment, Kinds.Rollout]);
            var verdicts = new VerdictLoop(desk, placement, clock, new VerdictEvents(), NullLogger.Instance);
            var endpoints = new EndpointLoop(store, placement, time, NullLogger.Instance);
            var sessions = new ReportSessions(desk);
            foreach (SimulatedMachine machine in Machines)
            {
                Network.Listen($"health/{machine.Key}", process.Name, process, stream => sessions.RunAsync(
                    machine.Key,
                    ct => new ReportSession(machine.Key, desk, time).RunAsync((IMessageStream<HealthMessage, AgentReport>)stream, ct),
                    CancellationToken.None));
            }
            Serve("health", process, store, time);
            Task running = Task.WhenAll(verdicts.RunAsync(default), endpoints.RunAsync(default));
            await Task.WhenAll(running, placement.RunAsync(default));
        }, Network.Died);
    }

    public void StartGateway()
    {
        SimulatedProcess process = GatewayProcess = NewProcess("gateway");
        var time = TimeOf(process);
        process.Start(async () =>
        {
            var table = new GatewayTable(_simulator.Chance);
            FeedFollower health = Follower("health", process, time, TableLoop.FollowedKinds);
            var loop = new TableLoop(health, table, _lastTable, _ => { }, time, NullLogger.Instance);
            foreach (SimulatedMachine machine in Machines) table.SetConnected(machine.Key, true);
            Table = table;
            await Task.WhenAll(loop.RunAsync(default), health.RunAsync(default));
        }, Network.Died);
    }

    public void StartAgent(SimulatedMachine machine)
    {
        SimulatedProcess process = machine.Agent = NewProcess(machine.HostName);
        machine.AgentSteadySince = _simulator.Time.GetTimestamp();
        var time = TimeOf(process);
        process.Start(async () =>
        {
            var lease = new LeaseKeeper(time);
            var reconciler = new NodeReconciler(
                new NodeReconcilerOptions { Cluster = machine.Key.Cluster, Node = machine.Key.Node, Allocatable = machine.Allocatable, Tick = Tick },
                machine.JournalFor(process, time), machine.HostFor(process), lease, time, _simulator.Chance, NullLogger<NodeReconciler>.Instance);
            await reconciler.StartAsync(default);
            string instance = _simulator.Chance.NextUid();
            var assignments = new AssignmentsLoop(
                Network.Connector<AgentMessage, PlacementMessage>($"placement/{machine.Key}", machine.HostName, process, time),
                reconciler, reconciler.KnownTerm, reconciler.OrdersConfirmed, instance, time, _simulator.Chance, NullLogger.Instance);
            reconciler.FreshOrdersWanted = assignments.Refresh;
            var observations = new ObservationsLoop(
                Network.Connector<AgentReport, HealthMessage>($"health/{machine.Key}", machine.HostName, process, time),
                reconciler, instance, lease, time, _simulator.Chance, NullLogger.Instance);
            await Task.WhenAll(reconciler.RunAsync(default), assignments.RunAsync(default), observations.RunAsync(default));
        }, Network.Died);
    }

    /// <summary>A process stands still.</summary>
    public void Pause(SimulatedProcess process)
    {
        process.Pause();
        Network.StandsStillOrGoesOn(process);
    }

    /// <summary>It goes on.</summary>
    public void Resume(SimulatedProcess process)
    {
        process.Resume();
        foreach (SimulatedMachine machine in Machines)
            if (machine.Agent == process) machine.AgentSteadySince = _simulator.Time.GetTimestamp();
        Network.StandsStillOrGoesOn(process);
    }

    /// <summary>kill -9 of a process; its peers notice.</summary>
    public void Kill(SimulatedProcess? process)
    {
        if (process is not { Alive: true }) return;
        process.Kill();
        Network.Died(process);
    }

    private readonly MemoryTableFile _lastTable = new();

    private SimulatedProcess NewProcess(string name)
    {
        _starts[name] = _starts.GetValueOrDefault(name) + 1;
        _simulator.Trace.Add($"{name} starts");
        return new SimulatedProcess(_simulator, name);
    }

    private ProcessTime TimeOf(SimulatedProcess process) => new(process, _simulator.Time, () => _clocksApart.GetValueOrDefault(process.Name));

    private FeedFollower Follower(string owner, SimulatedProcess process, TimeProvider time, IReadOnlyList<string> kinds)
    {
        var follower = new FeedFollower(
            owner,
            new SimulatedFeedSource(Network.Connector<FeedRequest, FeedMessage>($"feed/{owner}", process.Name, process, time)),
            kinds, time, _simulator.Chance, NullLogger.Instance);
        _followings[process.Name] = new Following(owner, follower, kinds);
        return follower;
    }

    private void Serve(string owner, SimulatedProcess process, IStore store, TimeProvider time)
    {
        _stores[owner] = store;
        Network.Listen(
            $"feed/{owner}", process.Name, process,
            stream => SimulatedFeedSource.ServeAsync(new StoreFeed(store, document => document.Body, time), (IMessageStream<FeedMessage, FeedRequest>)stream, default));
    }

    private sealed class NoMaterial : IMaterialSealer
    {
        public static NoMaterial Instance { get; } = new();

        public Task<IReadOnlyList<SealedMaterial>> SealAsync(Assignment order, ReadOnlyMemory<byte> recipientCertificate, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<SealedMaterial>>([]);
    }

    private sealed class MemoryTableFile : ILastTableFile
    {
        private byte[]? _bytes;

        public byte[]? Read() => _bytes;

        public void Replace(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();
    }
}
