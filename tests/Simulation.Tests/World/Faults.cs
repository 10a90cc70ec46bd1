using Simulation.Tests.Engine;

namespace Simulation.Tests.World;

/// <summary>What goes wrong, as the seed picks: processes, machines, disks, clocks, paths, listings and versions. Each fault ends by itself.</summary>
public sealed class Faults
{
    private readonly Simulator _simulator;
    private readonly SimulatedPlane _plane;
    private readonly Declarations _declarations;
    private readonly string[] _clusters;
    private readonly SimulatedProcess _operator;
    private readonly SortedDictionary<string, int> _injected = new(StringComparer.Ordinal);

    public Faults(Simulator simulator, SimulatedPlane plane, Declarations declarations, string[] clusters)
    {
        (_simulator, _plane, _declarations, _clusters) = (simulator, plane, declarations, clusters);
        _operator = new SimulatedProcess(simulator, "operator");
    }

    /// <summary>How often each kind was injected.</summary>
    public IReadOnlyDictionary<string, int> Injected => _injected;

    private SimulatedProcess?[] Processes => [_plane.Placement, _plane.Health, _plane.GatewayProcess, .. _plane.Machines.Select(machine => machine.Agent)];

    // Those whose earlier version said less, or understood less.
    private IReadOnlyList<string> Upgradable => [SimulatedPlane.HealthHost, .. _plane.Machines.Select(machine => machine.HostName)];

    /// <summary>Every host has a wall clock of its own from the start, and in every other world some run an earlier version.</summary>
    public void ChooseVersionsAndClocks()
    {
        bool mixed = _simulator.Chance.Next(2) == 0;
        foreach (string host in _plane.Hosts) _plane.SetClockApart(host, TimeSpan.FromSeconds(_simulator.Chance.Next(7200) - 3600));
        foreach (string host in Upgradable)
        {
            if (mixed && _simulator.Chance.Next(2) == 0) _plane.Network.ChangeVersion(host, earlier: true);
        }
    }

    /// <summary>Begins one fault, or none.</summary>
    public void InjectOne()
    {
        switch (_simulator.Chance.Next(24))
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
            case 11: Inject("all wall clocks jumped", () => _simulator.Time.JumpWallClock(AnyJump())); break;
            case 12: Inject("cluster drained or returned", _declarations.DrainOrReturn); break;
            case 13 or 14: Inject("process stood still", StandStill); break;
            case 15: Inject("path slowed", SlowDown); break;
            case 16: Inject("store's disk slow", SlowDisk); break;
            case 17: Inject("agent's disk full", () => FillDiskOf(AnyMachine())); break;
            case 18: Inject("leader overtaken while it slept", Overtake); break;
            case 19: Inject("Placement killed inside a write", () => _plane.PlacementDisk.DeathIn = 1 + _simulator.Chance.Next(8)); break;
            case 20: Inject("cluster lied", () => Lie(AnyMachine())); break;
            case 21: Inject("one host's wall clock jumped", () => _plane.SetClockApart(_plane.Hosts[_simulator.Chance.Next(_plane.Hosts.Count)], AnyJump())); break;
            case 22: Inject("process upgraded or put back", ChangeVersion); break;
            default: break;
        }
        if (_plane.Placement is { Alive: false }) After(0.1, 4, RevivePlacement);
    }

    /// <summary>Ends all that does not end by itself, or not soon; whoever runs an earlier version is upgraded.</summary>
    public void End()
    {
        _plane.Network.Heal();
        _plane.PlacementDisk.Full = false;
        _plane.PlacementDisk.Slowness = 0;
        _plane.PlacementDisk.DeathIn = 0;
        foreach (SimulatedMachine machine in _plane.Machines) machine.DiskFull = false;
        RevivePlacement();
        foreach (SimulatedProcess? process in Processes)
            if (process is { Paused: true }) _plane.Resume(process);
        foreach (string host in Upgradable)
            if (_plane.Network.RunsEarlierVersion(host)) Upgrade(host, earlier: false);
    }

    /// <summary>Now and then a cluster still leaves things out while all that it has is replaced: what it did not say then is said by nothing later.</summary>
    public void LieNowAndThen()
    {
        if (_simulator.Chance.Next(4) == 0) Inject("cluster lied", () => Lie(AnyMachine()));
    }

    /// <summary>Acts after a delay that the seed picks.</summary>
    /// <param name="least">Seconds, at least.</param>
    /// <param name="most">Seconds, at most.</param>
    /// <param name="action">What is done.</param>
    public void After(double least, double most, Action action)
    {
        TimeSpan delay = TimeSpan.FromSeconds(least + ((most - least) * _simulator.Chance.NextDouble()));
        _simulator.Time.CreateTimer(_ => _operator.Post(_ => action(), null), null, delay, Timeout.InfiniteTimeSpan);
    }

    private void Inject(string fault, Action inject)
    {
        _injected[fault] = _injected.GetValueOrDefault(fault) + 1;
        inject();
    }

    private TimeSpan AnyJump() => TimeSpan.FromHours(_simulator.Chance.Next(48) - 24);

    private void ChangeVersion()
    {
        string host = Upgradable[_simulator.Chance.Next(Upgradable.Count)];
        Upgrade(host, earlier: !_plane.Network.RunsEarlierVersion(host));
    }

    // The process ends and the other version starts in its place.
    private void Upgrade(string host, bool earlier)
    {
        _plane.Network.ChangeVersion(host, earlier);
        if (_plane.Machines.FirstOrDefault(machine => machine.HostName == host) is { } machine)
        {
            _plane.Kill(machine.Agent);
            After(0.2, 4, () => Revive(machine));
        }
        else
        {
            Restart(_plane.Health, _plane.StartHealth);
        }
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
        StartPlacementAnewNowAndThen();
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
        // Somebody makes room for it elsewhere meanwhile, or takes room away: when it returns, what it had is wanted again.
        if (_simulator.Chance.Next(3) == 0) After(6, 40, _declarations.DrainOrReturn);
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
        SimulatedProcess?[] all = Processes;
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
        // Now and then the way back fails, or both do: what comes late then answers what was asked last.
        if (_simulator.Chance.Next(3) > 0) return;
        bool both = _simulator.Chance.Next(2) == 0;
        After(2, 20, () =>
        {
            _plane.Network.Cut(to, from);
            if (both) _plane.Network.Cut(from, to);
            After(5, 40, _plane.Network.Heal);
        });
    }

    private void FillDisk()
    {
        _plane.PlacementDisk.Full = true;
        After(0.5, 10, () => _plane.PlacementDisk.Full = false);
        StartPlacementAnewNowAndThen();
    }

    // What was seen while the disk took nothing, or had not taken it yet, must be there afterwards.
    private void StartPlacementAnewNowAndThen()
    {
        if (_simulator.Chance.Next(2) == 0) After(0.5, 10, () => Restart(_plane.Placement, RevivePlacement));
    }

    private SimulatedMachine AnyMachine() => _plane.Machines[_simulator.Chance.Next(_plane.Machines.Count)];
}
