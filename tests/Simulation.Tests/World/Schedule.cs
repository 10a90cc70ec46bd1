using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Simulation.Tests.Engine;
using Simulation.Tests.Invariants;

namespace Simulation.Tests.World;

/// <summary>One run: at least three clusters, twenty workloads, ten virtual minutes and ten faults, all from one seed; then rest, and the final check.</summary>
public sealed class Schedule
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    // By then every fault that was begun is over.
    private static readonly TimeSpan MostFaultsLast = TimeSpan.FromSeconds(75);
    private static readonly TenantId Tenant = new("acme");

    private readonly Simulator _simulator;
    private readonly SimulatedPlane _plane;
    private readonly Checker _checker;
    private readonly SimulatedProcess _operator;
    private readonly RegisterClients _clients;
    private readonly string[] _clusters;
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private int _version;

    private Schedule(ulong seed)
    {
        _simulator = new Simulator(seed);
        int clusters = 3 + _simulator.Chance.Next(2);
        _clusters = [.. Enumerable.Range(0, clusters).Select(i => $"c{i}")];
        // In every other schedule there is room for everything; in the others there is hardly enough, or too little.
        int cpu = _simulator.Chance.Next(4) switch { 0 => 1200, 1 => 2000, _ => 8000 };
        var machines = _clusters.SelectMany(cluster => Enumerable.Range(0, 1 + _simulator.Chance.Next(2)).Select(i => new SimulatedMachine(
            _simulator, new NodeKey(new(cluster), new($"n{i}")), new ResourceAmount(new CpuMillis(cpu), new MemoryBytes(8L << 30)))));
        _plane = new SimulatedPlane(_simulator, machines);
        _checker = new Checker(_simulator, _plane);
        _operator = new SimulatedProcess(_simulator, "operator");
        _clients = new RegisterClients(_simulator, _plane);
    }

    /// <summary>Runs the seed's schedule.</summary>
    public static ScheduleOutcome Run(ulong seed)
    {
        var schedule = new Schedule(seed);
        Exception? failure = null;
        try
        {
            schedule.Run();
        }
        catch (Exception e)
        {
            failure = e;
        }
        SimulationTrace trace = schedule._simulator.Trace;
        return new ScheduleOutcome(seed, trace.Digest(), schedule._faults, failure, failure is null ? "" : trace.Tail());
    }

    private void Run()
    {
        _plane.StartAll();
        foreach (string cluster in _clusters) Try(door => door.Clusters.ApplyAsync(ClusterOf(cluster, new()), Tenant, "sim", null, false, default));
        _simulator.Run(TimeSpan.FromSeconds(3));
        for (int i = 3; i < 20; i += 10) Apply(VolumeOf(i));
        for (int i = 0; i < 20; i++) Apply(NewWorkload(i));
        _simulator.Run(TimeSpan.FromSeconds(30));

        long end = _simulator.Time.GetTimestamp() + Length.Ticks;
        int steps = 24;
        KeepCalling(end);
        for (int i = 0; i < steps; i++)
        {
            Step();
            long left = end - _simulator.Time.GetTimestamp();
            _simulator.Run(TimeSpan.FromTicks(Math.Max(1, left / (steps - i))));
        }
        Heal();
        _clients.Verify();
        ComeToRest();
    }

    private void KeepCalling(long until)
    {
        if (_simulator.Time.GetTimestamp() >= until) return;
        _clients.Call();
        if (_simulator.Chance.Next(3) == 0) _clients.Call();
        After(0.2, 3, () => KeepCalling(until));
    }

    // The world has to come to rest in the time given, and to stay there.
    private void ComeToRest()
    {
        for (TimeSpan waited = Look; ; waited += Look)
        {
            _simulator.Run(Look);
            try
            {
                RestCheck.Verify(_plane, _simulator);
                break;
            }
            catch (InvariantBroken broken) when (waited < Rest && broken.Invariant is Invariant.Repaired or Invariant.Settled)
            {
                // Not yet.
            }
        }
        _simulator.Run(Look);
        RestCheck.Verify(_plane, _simulator);
    }

    private void Step()
    {
        _checker.PlanIsAFunctionNow();
        switch (_simulator.Chance.Next(22))
        {
            case 0: Inject("Placement killed", () => Restart(_plane.Placement, _plane.StartPlacement)); break;
            case 1: Inject("Health killed", () => Restart(_plane.Health, _plane.StartHealth)); break;
            case 2: Inject("gateway killed", () => Restart(_plane.GatewayProcess, _plane.StartGateway)); break;
            case 3 or 4: Inject("agent killed", () => KillAgent(AnyMachine())); break;
            case 5: Inject("machine rebooted", () => LoseMachine(AnyMachine())); break;
            case 6: Inject("cluster cut off", CutCluster); break;
            case 7: Inject("one way cut", CutOneWay); break;
            case 8: Inject("replica crashed", () => AnyMachine().CrashOne()); break;
            case 9: Inject("connection broken", _plane.Network.BreakOne); break;
            case 10: Inject("store's disk full", FillDisk); break;
            case 11: Inject("wall clock jumped", () => _simulator.Time.JumpWallClock(TimeSpan.FromHours(_simulator.Chance.Next(48) - 24))); break;
            case 12: Inject("cluster drained or returned", DrainOrReturn); break;
            case 13 or 14: Inject("process stood still", StandStill); break;
            case 15: Inject("path slowed", SlowDown); break;
            case 16: Inject("store's disk slow", SlowDisk); break;
            case 17: Inject("agent's disk full", () => FillDiskOf(AnyMachine())); break;
            case 18: Inject("leader overtaken while it slept", Overtake); break;
            case 19: Inject("Placement killed inside a write", () => _plane.PlacementDisk.DeathIn = 1 + _simulator.Chance.Next(8)); break;
            case 20: Inject("cluster lied", () => Lie(AnyMachine())); break;
            default: break;
        }
        if (_plane.Placement is { Alive: false }) After(0.1, 4, RevivePlacement);
        for (int i = _simulator.Chance.Next(3); i > 0; i--) ChangeWorkload();
    }

    private void Inject(string fault, Action inject)
    {
        _faults[fault] = _faults.GetValueOrDefault(fault) + 1;
        inject();
    }

    private void Restart(SimulatedProcess? process, Action start)
    {
        _plane.Kill(process);
        After(0.1, 4, start);
    }

    private void RevivePlacement()
    {
        if (_plane.Placement is { Alive: false }) _plane.StartPlacement();
    }

    private void SlowDisk()
    {
        _plane.PlacementDisk.Slowness = 200 + _simulator.Chance.Next(2500);
        After(3, 40, () => _plane.PlacementDisk.Slowness = 0);
    }

    private void FillDiskOf(SimulatedMachine machine)
    {
        machine.DiskFull = true;
        After(1, 40, () => machine.DiskFull = false);
    }

    // Its lease ends while it stands still; another leads; then it wakes and goes on, until it learns that it does not lead any more.
    private void Overtake()
    {
        if (_plane.Placement is not { Alive: true, Paused: false } leader) return;
        _plane.Pause(leader);
        After(0.5, 12, _plane.StartPlacement);
        After(14, 40, () =>
        {
            _plane.Resume(leader);
            After(0.1, 3, () => _plane.Kill(leader));
        });
    }

    private void Lie(SimulatedMachine machine)
    {
        _plane.Network.Lie(machine.HostName, true);
        After(2, 60, () => _plane.Network.Lie(machine.HostName, false));
    }

    private void KillAgent(SimulatedMachine machine)
    {
        _plane.Kill(machine.Agent);
        After(0.2, 30, () => Revive(machine));
    }

    private void LoseMachine(SimulatedMachine machine)
    {
        _plane.Kill(machine.Agent);
        machine.Reboot();
        After(1, 60, () => Revive(machine));
    }

    private void Revive(SimulatedMachine machine)
    {
        if (machine.Agent is { Alive: false }) _plane.StartAgent(machine);
    }

    private void CutCluster()
    {
        string cluster = _clusters[_simulator.Chance.Next(_clusters.Length)];
        foreach (SimulatedMachine machine in _plane.Machines.Where(machine => machine.Key.Cluster.Value == cluster))
        {
            foreach (string service in (string[])["placement", "health"])
            {
                _plane.Network.Cut(machine.HostName, service);
                _plane.Network.Cut(service, machine.HostName);
            }
        }
        After(2, 70, _plane.Network.Heal);
    }

    private void CutOneWay()
    {
        string[] hosts = ["placement", "health", "gateway", .. _plane.Machines.Select(machine => machine.HostName)];
        _plane.Network.Cut(hosts[_simulator.Chance.Next(hosts.Length)], hosts[_simulator.Chance.Next(hosts.Length)]);
        After(1, 40, _plane.Network.Heal);
    }

    private void StandStill()
    {
        SimulatedProcess?[] all = [_plane.Placement, _plane.Health, _plane.GatewayProcess, .. _plane.Machines.Select(machine => machine.Agent)];
        if (all[_simulator.Chance.Next(all.Length)] is not { Alive: true, Paused: false } process) return;
        _plane.Pause(process);
        After(0.3, 25, () => _plane.Resume(process));
    }

    private void SlowDown()
    {
        string machine = AnyMachine().HostName, service = _simulator.Chance.Next(2) == 0 ? "placement" : "health";
        (string from, string to) = _simulator.Chance.Next(2) == 0 ? (machine, service) : (service, machine);
        _plane.Network.Slow(from, to, 300 + _simulator.Chance.Next(2500));
        After(5, 60, () => _plane.Network.Slow(from, to, 0));
    }

    private void FillDisk()
    {
        _plane.PlacementDisk.Full = true;
        After(0.5, 10, () => _plane.PlacementDisk.Full = false);
    }

    private void DrainOrReturn()
    {
        string cluster = _clusters[_simulator.Chance.Next(_clusters.Length)];
        bool draining = _simulator.Chance.Next(2) == 0;
        var spec = new ClusterSpec { Cordoned = draining, Draining = draining };
        if (_simulator.Chance.Next(2) == 0) spec = new ClusterSpec().WithNode(AnyMachine().Key.Node.Value, node => node with { Cordoned = true, Draining = draining });
        Try(door => door.Clusters.ApplyAsync(ClusterOf(cluster, spec), Tenant, "sim", null, false, default));
    }

    private void Heal()
    {
        _plane.Network.Heal();
        _plane.PlacementDisk.Full = false;
        _plane.PlacementDisk.Slowness = 0;
        _plane.PlacementDisk.DeathIn = 0;
        foreach (SimulatedMachine machine in _plane.Machines) machine.DiskFull = false;
        RevivePlacement();
        SimulatedProcess?[] all = [_plane.Placement, _plane.Health, _plane.GatewayProcess, .. _plane.Machines.Select(machine => machine.Agent)];
        foreach (SimulatedProcess? process in all)
            if (process is { Paused: true }) _plane.Resume(process);
        _simulator.Run(MostFaultsLast);
        foreach (string cluster in _clusters) Try(door => door.Clusters.ApplyAsync(ClusterOf(cluster, new()), Tenant, "sim", null, false, default));
        Mend(_plane.Door!);
    }

    private void ChangeWorkload()
    {
        int index = _simulator.Chance.Next(20);
        if (_simulator.Chance.Next(8) == 0) Delete(index);
        else Apply(NewWorkload(index));
    }

    private Workload NewWorkload(int index)
    {
        bool singleton = index % 5 == 0;
        IReadOnlyList<string> arguments = _simulator.Chance.Next(12) switch
        {
            0 => FailingProgram.Bad(++_version, crashes: true),
            1 => FailingProgram.Bad(++_version, crashes: false),
            < 6 => FailingProgram.Good(++_version),
            _ => FailingProgram.Good(0),
        };
        return new Workload
        {
            Metadata = new ResourceMetadata { Name = $"w{index}", Namespace = "default" },
            Spec = new WorkloadSpec
            {
                Singleton = singleton,
                Replicas = singleton ? 1 : 1 + _simulator.Chance.Next(5),
                Disruption = index % 4 == 2 && !singleton ? new DisruptionBudget { MaxUnavailable = 1 } : null,
                Pins = index % 7 == 4 ? [new ClusterPin { Cluster = _clusters[_simulator.Chance.Next(_clusters.Length)] }] : null,
                Template = new WorkloadTemplate
                {
                    Process = new ProcessTemplate { Command = "program", Arguments = arguments },
                    Resources = new ResourceRequirements { Cpu = new CpuMillis(100), Memory = new MemoryBytes(64L << 20) },
                    HealthCheck = new HealthCheck { Tcp = new TcpCheck(), IntervalSeconds = 1, StartSeconds = 20 },
                    Ports = [new PortTemplate { Name = "http" }],
                    Volumes = index == 3 || (index == 13 && _simulator.Chance.Next(3) > 0) ? [new VolumeReference { Name = $"v{index}", Path = "/data" }] : null,
                },
                Update = Strategy(),
                Placement = new PlacementPolicySpec
                {
                    Failover = new FailoverRule { TolerationSeconds = 5 },
                    Spread = index % 3 == 1 ? [new SpreadRule { Label = "federation/cluster", Min = 2 }] : null,
                    Division = new DivisionRule { Strategy = DivisionStrategy.Dynamic },
                },
            },
        };
    }

    private UpdateStrategy Strategy()
    {
        int surge = _simulator.Chance.Next(3);
        return new UpdateStrategy
        {
            MaxSurge = surge,
            MaxUnavailable = surge == 0 ? 1 : _simulator.Chance.Next(2),
            ObserveSeconds = _simulator.Chance.Next(6),
            ProgressDeadlineSeconds = 30 + _simulator.Chance.Next(60),
            PauseBetweenClustersSeconds = _simulator.Chance.Next(4) == 0 ? 5 : 0,
            OnFailure = _simulator.Chance.Next(2) == 0 ? FailureAction.Undo : FailureAction.Pause,
            Paused = _simulator.Chance.Next(8) == 0,
        };
    }

    // Whoever released what failed, or left it paused, releases what works.
    private void Mend(PlacementDoor door)
    {
        for (int i = 0; i < 20; i++)
        {
            if (door.Workloads.Find(Tenant, "default", $"w{i}") is not { Metadata.DeletionRequestedAt: null } workload) continue;
            Apply(workload with
            {
                Metadata = new ResourceMetadata { Name = $"w{i}", Namespace = "default" },
                Status = null,
                Spec = workload.Spec with
                {
                    Update = new UpdateStrategy(),
                    Template = workload.Spec.Template with { Process = new ProcessTemplate { Command = "program", Arguments = FailingProgram.Good(++_version) } },
                },
            });
        }
    }

    private void Apply(Workload workload) => Try(async door =>
    {
        ApplyOutcome<Workload> outcome = await door.Workloads.ApplyAsync(workload, Tenant, "sim", null, false, default);
        if (outcome is ApplyOutcome<Workload>.Applied { Resource.Metadata.ResourceVersion: { } version })
            _checker.Acknowledged($"{Tenant}/default/{workload.Metadata.Name}", long.Parse(version, System.Globalization.CultureInfo.InvariantCulture));
    });

    private void Apply(Volume volume) => Try(door => door.Volumes.ApplyAsync(volume, Tenant, "sim", null, false, default));

    private static Volume VolumeOf(int index) => new() { Metadata = new ResourceMetadata { Name = $"v{index}", Namespace = "default" } };

    private void Delete(int index) => Try(async door =>
    {
        string? uid = door.Workloads.Find(Tenant, "default", $"w{index}")?.Metadata.Uid;
        if (await door.Workloads.DeleteAsync(Tenant, "default", $"w{index}", "sim", null, false, default) is null && uid is not null)
            _checker.Removed($"{Tenant}/default/w{index}", uid);
    });

    // An operation runs in Placement's process and dies with it, as a request does.
    private void Try(Func<PlacementDoor, Task> operation)
    {
        if (_plane.Door is not { Process.Alive: true } door) return;
        door.Process.Post(async _ =>
        {
            try
            {
                await operation(door);
            }
            catch (Exception e) when (e is StoreUnavailableException or StoreFencedException)
            {
                _simulator.Trace.Add($"a write was refused: {e.Message}");
            }
        }, null);
    }

    private void After(double least, double most, Action action)
    {
        TimeSpan delay = TimeSpan.FromSeconds(least + ((most - least) * _simulator.Chance.NextDouble()));
        _simulator.Time.CreateTimer(_ => _operator.Post(_ => action(), null), null, delay, Timeout.InfiniteTimeSpan);
    }

    private static Cluster ClusterOf(string name, ClusterSpec spec) => new() { Metadata = new ResourceMetadata { Name = name }, Spec = spec };

    private SimulatedMachine AnyMachine() => _plane.Machines[_simulator.Chance.Next(_plane.Machines.Count)];
}
