using System.Globalization;
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

/// <summary>What people ask of the plane: clusters, twenty workloads that change and go, some of them released badly, and drains.</summary>
public sealed class Declarations
{
    private const int Workloads = 20;
    private static readonly TenantId Tenant = new("acme");

    private readonly Simulator _simulator;
    private readonly SimulatedPlane _plane;
    private readonly Checker _checker;
    private readonly string[] _clusters;
    private int _version;

    public Declarations(Simulator simulator, SimulatedPlane plane, Checker checker, string[] clusters) =>
        (_simulator, _plane, _checker, _clusters) = (simulator, plane, checker, clusters);

    /// <summary>Registers the clusters, or gives them back to use.</summary>
    public void RegisterClusters()
    {
        foreach (string cluster in _clusters) Try(door => door.Clusters.ApplyAsync(ClusterOf(cluster, new()), Tenant, "sim", null, false, default));
    }

    /// <summary>Without clusters a schedule would hold nothing against anything.</summary>
    public void ClustersAreRegistered()
    {
        if (_clusters.FirstOrDefault(cluster => _plane.Door?.Clusters.Find(Tenant, null, cluster) is null) is { } missing)
            throw new InvalidOperationException($"cluster {missing} was not registered before the faults began");
    }

    /// <summary>Declares every workload once.</summary>
    public void ApplyAll()
    {
        for (int i = 3; i < Workloads; i += 10) Apply(VolumeOf(i));
        for (int i = 0; i < Workloads; i++) Apply(NewWorkload(i));
    }

    /// <summary>A cluster or a node is to be emptied, or may be used again.</summary>
    public void DrainOrReturn()
    {
        string cluster = _clusters[_simulator.Chance.Next(_clusters.Length)];
        bool draining = _simulator.Chance.Next(2) == 0;
        var spec = new ClusterSpec { Cordoned = draining, Draining = draining };
        if (_simulator.Chance.Next(2) == 0) spec = new ClusterSpec().WithNode(_plane.Machines[_simulator.Chance.Next(_plane.Machines.Count)].Key.Node.Value, node => node with { Cordoned = true, Draining = draining });
        Try(door => door.Clusters.ApplyAsync(ClusterOf(cluster, spec), Tenant, "sim", null, false, default));
    }

    /// <summary>A workload picked by the seed is declared anew, or removed.</summary>
    public void Change()
    {
        int index = _simulator.Chance.Next(Workloads);
        if (_simulator.Chance.Next(8) == 0) Delete(index);
        else Apply(NewWorkload(index));
    }

    private Workload NewWorkload(int index)
    {
        bool singleton = index % 5 == 0;
        int chance = _simulator.Chance.Next(12);
        int version = chance < 6 ? ++_version : 0;
        return new Workload
        {
            Metadata = new ResourceMetadata { Name = $"w{index}", Namespace = "default" },
            Spec = new WorkloadSpec
            {
                Singleton = singleton,
                Replicas = singleton ? 1 : 1 + _simulator.Chance.Next(5),
                Disruption = index % 4 == 2 && !singleton ? new DisruptionBudget { MaxUnavailable = 1 } : null,
                Pins = index % 7 == 4 ? [new ClusterPin { Cluster = _clusters[_simulator.Chance.Next(_clusters.Length)] }] : null,
                Template = Version(version, chance < 2 ? FailingProgram.Bad(version, crashes: chance == 0) : FailingProgram.Good(version)) with
                {
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

    // Now and then a version is larger or smaller than the one before it.
    private static WorkloadTemplate Version(int version, IReadOnlyList<string> arguments) => new()
    {
        Process = new ProcessTemplate { Command = "program", Arguments = arguments },
        Resources = new ResourceRequirements { Cpu = new CpuMillis((version % 5) switch { 1 => 50, 2 => 150, _ => 100 }), Memory = new MemoryBytes(64L << 20) },
    };

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

    /// <summary>Whoever released what failed, or left it paused, releases what works.</summary>
    public void Mend()
    {
        PlacementDoor door = _plane.Door!;
        for (int i = 0; i < Workloads; i++)
        {
            if (door.Workloads.Find(Tenant, "default", $"w{i}") is not { Metadata.DeletionRequestedAt: null } workload) continue;
            WorkloadTemplate mended = Version(++_version, FailingProgram.Good(_version));
            Apply(workload with
            {
                Metadata = new ResourceMetadata { Name = $"w{i}", Namespace = "default" },
                Status = null,
                Spec = workload.Spec with
                {
                    Update = new UpdateStrategy(),
                    Template = workload.Spec.Template with { Process = mended.Process, Resources = mended.Resources },
                },
            });
        }
    }

    private void Apply(Workload workload) => Try(async door =>
    {
        ApplyOutcome<Workload> outcome = await door.Workloads.ApplyAsync(workload, Tenant, "sim", null, false, default);
        if (outcome is ApplyOutcome<Workload>.Applied { Resource.Metadata.ResourceVersion: { } version })
            _checker.Acknowledged($"{Tenant}/default/{workload.Metadata.Name}", long.Parse(version, CultureInfo.InvariantCulture));
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

    private static Cluster ClusterOf(string name, ClusterSpec spec) => new() { Metadata = new ResourceMetadata { Name = name }, Spec = spec };
}
