using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Scheduling.Tests.Worlds;

/// <summary>Random worlds: small, short of capacity, and with every rule in use, so that the rules meet each other.</summary>
internal sealed class RandomWorlds
{
    private static readonly string[] Regions = ["eu", "us", "ap"];

    private readonly Random _random;
    private readonly World _world = new();

    private RandomWorlds(int seed) => _random = new Random(seed);

    /// <summary>A world in which nothing runs yet.</summary>
    public static World Fresh(WorldSeed seed, bool healthy = false) => new RandomWorlds(seed.Number).Make(seed, healthy);

    /// <summary>A world that ran by an earlier plan, after which much has changed.</summary>
    public static World Lived(WorldSeed seed)
    {
        var worlds = new RandomWorlds(seed.Number);
        World world = worlds.Make(seed, healthy: false);
        world = world.Apply(world.Plan());
        for (int i = 0; i < 3; i++) worlds.Disturb(world);
        return world;
    }

    /// <summary>One workload's policy.</summary>
    public static PlacementPolicySpec PolicyOf(Random random)
    {
        bool Some(int percent) => random.Next(100) < percent;
        string[] RegionsOf() => [.. Regions.Where(_ => random.Next(2) == 0)];
        return new PlacementPolicySpec
        {
            Affinity = Some(25) ? [new LabelTerm { Key = "region", Operator = (LabelOperator)random.Next(4), Values = RegionsOf() }] : null,
            Preferred = Some(25) ? [new PreferredTerm { Weight = 1 + random.Next(100), Term = Policy.Is("region", RegionsOf()) }] : null,
            Tolerations = Some(30) ? [new Toleration { Key = Some(50) ? "edge" : null }] : null,
            Spread = Some(40) ? SpreadOf(random) : null,
            Division = new DivisionRule
            {
                Strategy = Some(60) ? DivisionStrategy.Dynamic : Some(70) ? DivisionStrategy.Weighted : DivisionStrategy.Duplicated,
                Weights = Some(20) ? null : [new ClusterWeight { Term = Policy.Is("region", "eu"), Weight = 1 + random.Next(5) }, new ClusterWeight { Term = Policy.Is("region", "us"), Weight = 1 + random.Next(5) }],
            },
            Failover = new FailoverRule { Enabled = !Some(10) },
            Priority = Some(20) ? random.Next(-2, 3) : 0,
        };
    }

    /// <summary>Where a person wants a workload, whether that can be or not.</summary>
    public static List<ClusterPin> PinsOf(Random random)
    {
        var pins = new List<ClusterPin> { new() { Cluster = $"c{random.Next(5)}", AtLeast = random.Next(3) == 0 ? null : 1 + random.Next(4) } };
        string other = $"c{random.Next(5)}";
        if (random.Next(2) == 0 && other != pins[0].Cluster) pins.Add(new() { Cluster = other, AtMost = random.Next(3) });
        return pins;
    }

    private static List<SpreadRule> SpreadOf(Random random)
    {
        var rules = new List<SpreadRule>();
        foreach (string label in (string[])["region", "federation/cluster", "zone"])
        {
            if (random.Next(2) == 0) continue;
            int min = random.Next(4);
            rules.Add(new SpreadRule { Label = label, Min = min, Max = random.Next(2) == 0 ? Math.Max(1, min) + random.Next(2) : null });
        }
        return rules;
    }

    private bool Some(int percent) => _random.Next(100) < percent;

    private World Make(WorldSeed seed, bool healthy)
    {
        for (int c = 0; c < seed.Clusters; c++) AddCluster($"c{c}", healthy);
        List<Volume> volumes = [.. Enumerable.Range(0, 3).Select(i => MakeVolume($"v{i}", seed.Clusters))];
        for (int w = 0; w < seed.Workloads; w++) AddWorkload($"w{w}", volumes);
        return _world;
    }

    private void AddCluster(string name, bool healthy)
    {
        string labels = $"zone=z{_random.Next(3)}" + (Some(85) ? $",region={Regions[_random.Next(3)]}" : "");
        var spec = new ClusterSpec
        {
            Taints = Some(20) ? [new Taint { Key = Some(60) ? "edge" : "spot", Effect = (TaintEffect)_random.Next(3) }] : null,
            Cordoned = !healthy && Some(8),
            Draining = !healthy && Some(5),
            PricePerCoreHour = Some(40) ? _random.Next(1, 5) : null,
        };
        ClusterKind kind = Some(75) ? ClusterKind.Node : ClusterKind.Swarm;
        _world.Cluster(name, 0, labels: labels, kind: kind, spec: spec);
        int nodes = 1 + _random.Next(3);
        for (int n = 1; n <= nodes; n++)
        {
            string[] able = Some(85) ? World.AllCapabilities : [.. World.AllCapabilities.Where(_ => Some(70))];
            if (!healthy && Some(5)) _world.Verdict(name, $"n{n}", VerdictState.Ready);
            else _world.Node(name, $"n{n}", 500 * _random.Next(0, 13), Some(20) ? 500 : 0, able);
            if (!healthy && Some(10)) _world.Verdict(name, $"n{n}", (VerdictState)_random.Next(7), Some(50));
        }
    }

    private Volume MakeVolume(string name, int clusters)
    {
        string? home = Some(50) ? $"c{_random.Next(clusters)}" : null;
        return World.Volume(name, home, home is not null && Some(60) ? $"n{1 + _random.Next(3)}" : null, shared: Some(25));
    }

    private void AddWorkload(string name, List<Volume> volumes)
    {
        Volume[] named = Some(15) ? [.. volumes.Where(_ => Some(50))] : [];
        bool singleton = Some(15);
        _world.Workload(name, singleton ? 1 : _random.Next(0, 8), PolicyOf(_random), 250 * _random.Next(0, 6), singleton, named);
        if (Some(12)) _world.Change(name, w => w with { Spec = w.Spec with { Pins = PinsOf(_random) } });
        if (!Some(30)) return;
        _world.Change(name, w => w with
        {
            Spec = w.Spec with
            {
                Template = w.Spec.Template with
                {
                    Image = Some(50) ? "image:1" : null,
                    Process = Some(70) ? w.Spec.Template.Process : null,
                    Resources = w.Spec.Template.Resources! with { MemoryLimit = Some(50) ? new MemoryBytes(1 << 21) : null },
                },
            },
        });
    }

    private void Disturb(World world)
    {
        string cluster = world.Clusters[_random.Next(world.Clusters.Count)].Metadata.Name;
        PlannedWorkload workload = world.Workloads[_random.Next(world.Workloads.Count)];
        switch (_random.Next(14))
        {
            case 0:
                world.Lose(cluster, Some(50) ? workload.Key.Name : null, leaseEnded: Some(50));
                break;
            case 1:
                foreach (NodeObservation node in world.Nodes.Where(n => n.Cluster.Value == cluster).ToList())
                {
                    if (Some(60)) world.Verdict(cluster, node.Node.Value, (VerdictState)_random.Next(7), Some(50));
                }
                break;
            case 2:
                world.Change(cluster, spec => spec with { Draining = Some(70), Cordoned = Some(50) });
                break;
            case 3:
                world.Change(cluster, spec => spec with { Taints = [new Taint { Key = "edge", Effect = (TaintEffect)_random.Next(3) }] });
                break;
            case 4:
                world.Scale(workload.Key.Name, workload.Spec.Singleton ? _random.Next(2) : _random.Next(10));
                break;
            case 5:
                world.Change(workload.Key.Name, w => w with { Policy = PolicyOf(_random) });
                break;
            case 6:
                world.Change(workload.Key.Name, w => w with { Spec = w.Spec with { Template = w.Spec.Template with { Resources = new ResourceRequirements { Cpu = new(250 * _random.Next(0, 8)), Memory = new(1 << 20) } } } });
                break;
            case 7:
                for (int i = 0; i < world.Assignments.Count; i++)
                {
                    if (Some(25)) world.Assignments[i] = world.Assignments[i] with { State = (AssignmentState)_random.Next(4), Replicas = _random.Next(0, 4), Surge = _random.Next(0, 2) };
                }
                break;
            case 8:
                world.Replicas.RemoveAll(_ => Some(30));
                break;
            case 9:
                if (world.Clusters.Count > 1) world.Clusters.RemoveAll(c => c.Metadata.Name == cluster);
                break;
            case 11:
                world.Change(cluster, spec => (spec with { ConfirmedLost = Some(40) }).WithNode("n1", node => node with { Cordoned = Some(50), Draining = Some(50), ConfirmedLost = Some(30) }));
                break;
            case 12:
                world.Change(workload.Key.Name, w => w with { Spec = w.Spec with { Pins = Some(30) ? null : PinsOf(_random) } });
                break;
            case 10:
                world.Workloads.RemoveAll(w => w.Key == workload.Key && world.Workloads.Count > 1);
                break;
            default:
                for (int i = 0; i < world.Nodes.Count; i++)
                {
                    if (Some(30)) world.Nodes[i] = world.Nodes[i] with { Foreign = new ResourceAmount(new CpuMillis(250 * _random.Next(0, 8)), default) };
                }
                break;
        }
    }

    /// <summary>The same world with every list in another order.</summary>
    public static World Shuffled(World world, int seed)
    {
        var random = new Random(seed);
        World copy = world.Copy();
        Shuffle(copy.Clusters, random);
        Shuffle(copy.Workloads, random);
        Shuffle(copy.Nodes, random);
        Shuffle(copy.Verdicts, random);
        Shuffle(copy.Assignments, random);
        Shuffle(copy.Replicas, random);
        return copy;
    }

    private static void Shuffle<T>(List<T> list, Random random)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}
