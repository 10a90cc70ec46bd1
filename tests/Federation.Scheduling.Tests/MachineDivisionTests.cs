using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

/// <summary>Workloads of one replica a machine: nodes come and go, and so do their replicas, and nothing is made up for elsewhere.</summary>
public sealed class MachineDivisionTests
{
    private static World OneEach(World world, int? replicas = 1, PlacementPolicySpec? policy = null, params Volume[] volumes) => world.Workload("watcher", replicas, policy, 1000, false, volumes).Change("watcher", static workload =>
        workload with { Spec = workload.Spec with { Template = workload.Spec.Template with { Image = "watcher:1", Container = new ContainerTemplate { Mode = ContainerMode.Global } } } });

    private static void Tell(World world, string cluster, int machines)
    {
        int node = world.Nodes.FindIndex(one => one.Cluster.Value == cluster);
        world.Nodes[node] = world.Nodes[node] with { Machines = [new EligibleMachines(Domain.Identifiers.AssignmentId.Of("uid-watcher", new(cluster), null), machines)] };
    }

    [Fact]
    public void EachNode_HasOne_AndANewNodeGetsItsOwn()
    {
        World world = OneEach(new World().Cluster("eu", 2).Cluster("us", 1));
        Assert.Equal("eu/n1=1 eu/n2=1 us/n1=1", world.Place("watcher"));
        world = world.Apply(world.Plan());
        world.Node("us", "n2");
        Assert.Equal("eu/n1=1 eu/n2=1 us/n1=1 us/n2=1", world.Place("watcher"));
        world = world.Apply(world.Plan());
        Assert.Equal("eu/n1=1 eu/n2=1 us/n1=1 us/n2=1", world.Place("watcher"));
    }

    [Fact]
    public void APolicy_ChoosesClusters()
    {
        World world = OneEach(new World().Cluster("eu", 2, labels: "region=eu").Cluster("us", 1, labels: "region=us"), policy: new PlacementPolicySpec { Affinity = [new LabelTerm { Key = "region", Operator = LabelOperator.In, Values = ["eu"] }] });
        Assert.Equal("eu/n1=1 eu/n2=1", world.Place("watcher"));
    }

    [Fact]
    public void ALostNode_LosesItsOwn_AndNoOtherGetsTwo()
    {
        World world = OneEach(new World().Cluster("eu", 2).Cluster("us", 1));
        world = world.Apply(world.Plan());
        world.Verdict("us", "n1", VerdictState.Unreachable);
        Assert.Equal("eu/n1=1 eu/n2=1 us/n1=1", world.Place("watcher"));
        world.Lose("us");
        Assert.Equal("eu/n1=1 eu/n2=1", world.Place("watcher"));
    }

    [Fact]
    public void ACordonedNode_KeepsItsOwn_AndADrainingOneGivesItUp()
    {
        World world = OneEach(new World().Cluster("eu", 1).Cluster("us", 1));
        world = world.Apply(world.Plan());
        world.Change("us", static spec => spec with { Cordoned = true });
        Assert.Equal("eu/n1=1 us/n1=1", world.Place("watcher"));
        world.Change("us", static spec => spec with { Draining = true });
        Assert.Equal("eu/n1=1", world.Place("watcher"));
        // All of them cordoned: what runs stays.
        world.Change("us", static spec => spec with { Draining = false, Cordoned = true }).Change("eu", static spec => spec with { Cordoned = true });
        Assert.Equal("eu/n1=1 us/n1=1", world.Place("watcher"));
    }

    [Fact]
    public void AClusterThatIsDrivenAsAWhole_HasAsManyAsItsAgentCountsMachines()
    {
        World world = OneEach(new World().Cluster("eu", 1).Cluster("north", 1, cpu: 8000, kind: ClusterKind.Swarm, capabilities: [Capability.Image, Capability.GlobalMode]));
        Assert.Equal("eu/n1=1 north=1", world.Place("watcher"));
        Tell(world, "north", 3);
        Assert.Equal("eu/n1=1 north=3", world.Place("watcher"));
        world = world.Apply(world.Plan());
        Assert.Equal("eu/n1=1 north=3", world.Place("watcher"));
        Tell(world, "north", 2);
        Assert.Equal("eu/n1=1 north=2", world.Place("watcher"));
        // One stays, by whose order the agent goes on counting.
        Tell(world, "north", 0);
        Assert.Equal("eu/n1=1 north=1", world.Place("watcher"));
    }

    [Fact]
    public void WithoutRoom_OrWithoutAnyMachine_SomeFindNoPlace()
    {
        World world = OneEach(new World().Cluster("eu", 1).Cluster("north", 1, cpu: 2000, kind: ClusterKind.Swarm, capabilities: [Capability.Image, Capability.GlobalMode]));
        Tell(world, "north", 5);
        Assert.Equal("eu/n1=1 north=2 (3 unplaced)", world.Place("watcher"));
        Assert.Equal("(1 unplaced)", OneEach(new World().Cluster("old", kind: ClusterKind.Swarm, capabilities: [Capability.Image])).Place("watcher"));
    }

    [Fact]
    public void ZeroReplicas_StopIt() => Assert.Equal("", OneEach(new World().Cluster("eu", 2), replicas: 0).Place("watcher"));

    [Fact]
    public void AVolumeOfOnePlace_IsRefused_AndTold()
    {
        World world = OneEach(new World().Cluster("eu", 2), volumes: new Volume { Metadata = new() { Name = "data" } });
        Assert.Equal("(1 unplaced)", world.Place("watcher"));
        Assert.Contains("a volume lies in one place", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("watcher"))!.Summary, StringComparison.Ordinal);
    }
}
