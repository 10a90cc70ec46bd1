using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;
using Simulation.Tests.Engine;
using Simulation.Tests.Invariants;

namespace Simulation.Tests.World;

/// <summary>One run: at least three clusters, twenty workloads, ten virtual minutes and ten faults, all from one seed; then rest, and the final check.</summary>
public sealed class Schedule
{
    private const int Steps = 24;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    // By then every fault that was begun is over.
    private static readonly TimeSpan MostFaultsLast = TimeSpan.FromSeconds(75);

    // Some worlds are watched on for as long as they were disturbed: what has come to rest stays there.
    private static readonly TimeSpan Watch = TimeSpan.FromMinutes(10);
    private const int WatchedOneIn = 12;

    private readonly Simulator _simulator;
    private readonly SimulatedPlane _plane;
    private readonly Checker _checker;
    private readonly RegisterClients _clients;
    private readonly Declarations _declarations;
    private readonly Faults _faults;

    private Schedule(ulong seed)
    {
        _simulator = new Simulator(seed);
        int count = 3 + _simulator.Chance.Next(2);
        string[] clusters = [.. Enumerable.Range(0, count).Select(i => $"c{i}")];
        // In every other schedule there is room for everything; in the others there is hardly enough, or too little.
        int cpu = _simulator.Chance.Next(4) switch { 0 => 1200, 1 => 2000, _ => 8000 };
        var machines = clusters.SelectMany(cluster => Enumerable.Range(0, 1 + _simulator.Chance.Next(2)).Select(i => new SimulatedMachine(
            _simulator, new NodeKey(new(cluster), new($"n{i}")), new ResourceAmount(new CpuMillis(cpu), new MemoryBytes(8L << 30)))));
        _plane = new SimulatedPlane(_simulator, machines);
        _checker = new Checker(_simulator, _plane);
        _clients = new RegisterClients(_simulator, _plane);
        _declarations = new Declarations(_simulator, _plane, _checker, clusters);
        _faults = new Faults(_simulator, _plane, _declarations, clusters);
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
        return new ScheduleOutcome(seed, trace.Digest(), schedule._faults.Injected, failure, failure is null ? "" : trace.Tail());
    }

    private void Run()
    {
        _faults.ChooseVersionsAndClocks();
        _plane.StartAll();
        // A process begins in its first step: before it, nobody takes a declaration.
        _simulator.Run(TimeSpan.FromSeconds(1));
        _declarations.RegisterClusters();
        _simulator.Run(TimeSpan.FromSeconds(3));
        _declarations.ClustersAreRegistered();
        _declarations.ApplyAll();
        _simulator.Run(TimeSpan.FromSeconds(30));

        long end = _simulator.Time.GetTimestamp() + Length.Ticks;
        KeepCalling(end);
        for (int i = 0; i < Steps; i++)
        {
            _checker.PlanIsAFunctionNow();
            _faults.InjectOne();
            for (int changes = _simulator.Chance.Next(3); changes > 0; changes--) _declarations.Change();
            long left = end - _simulator.Time.GetTimestamp();
            _simulator.Run(TimeSpan.FromTicks(Math.Max(1, left / (Steps - i))));
        }
        _faults.End();
        _simulator.Run(MostFaultsLast);
        _declarations.RegisterClusters();
        _declarations.Mend();
        _faults.LieNowAndThen();
        _clients.Verify();
        ComeToRest();
    }

    private void KeepCalling(long until)
    {
        if (_simulator.Time.GetTimestamp() >= until) return;
        _clients.Call();
        if (_simulator.Chance.Next(3) == 0) _clients.Call();
        _faults.After(0.2, 3, () => KeepCalling(until));
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
        RestingWorld resting = RestingWorld.Of(_plane);
        _simulator.Run(_simulator.Chance.Next(WatchedOneIn) == 0 ? Watch : Look);
        RestCheck.Verify(_plane, _simulator);
        resting.HasNotMoved(_plane);
    }
}
