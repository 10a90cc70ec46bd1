using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Observation;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

public sealed class SingletonAndVolumeTests
{
    private static readonly string[] WithoutFencing = [.. World.AllCapabilities.Where(c => c != Capability.Fencing)];

    [Fact]
    public void Compute_Singleton_GoesOnlyWhereItCanBeFenced()
    {
        World world = new World().Cluster("eu", cpu: 90000, capabilities: WithoutFencing).Cluster("us").Workload("one", 1, singleton: true);
        Assert.Equal("us/n1=1", world.Place("one"));
    }

    [Fact]
    public void Compute_SingletonsHolderLostAndFenced_Moves()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1).Lose("eu", leaseEnded: true);
        Assert.Equal("us/n1=1", world.Place("one"));
        Assert.Null(world.Plan().Bindings[0].Stranded);
    }

    [Fact]
    public void Compute_SingletonsHolderLostBeforeItsLeaseEnded_StaysAndSaysWhy()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1).Lose("eu");
        Binding binding = world.Plan().Bindings[0];
        Assert.Equal("eu/n1=1", World.Text(binding));
        Assert.Contains("its lease has not surely ended", binding.Stranded, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_SingletonsHolderCannotFence_StaysAndSaysWhy()
    {
        World world = new World().Cluster("eu", capabilities: WithoutFencing).Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1).Lose("eu", leaseEnded: true);
        Binding binding = world.Plan().Bindings[0];
        Assert.Equal("eu/n1=1", World.Text(binding));
        Assert.Contains("cannot fence itself", binding.Stranded, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_SingletonsHolderDrains_NamesTheNextHolder()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1);
        world.Change("eu", spec => spec with { Draining = true });
        Assert.Equal("us/n1=1", world.Place("one"));
    }

    [Fact]
    public void Compute_SingletonsHolderDrainsAndHealthSaysSo_NamesTheNextHolder()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1);
        world.Change("eu", spec => spec with { Draining = true }).Verdict("eu", "n1", VerdictState.Draining);
        Assert.Equal("us/n1=1", world.Place("one"));
    }

    [Fact]
    public void Compute_SingletonsHolderDrainsAndNoOtherPlaceTakesIt_Stays()
    {
        World world = new World().Cluster("eu").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1);
        world.Change("eu", spec => spec with { Draining = true });
        Assert.Equal("eu/n1=1", world.Place("one"));
        Assert.NotNull(world.Plan().Bindings[0].Stranded);
    }

    [Fact]
    public void Compute_SingletonsHolderSuspectAndDraining_Stays()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1);
        world.Change("eu", spec => spec with { Draining = true }).Verdict("eu", "n1", VerdictState.Suspect);
        Assert.Equal("eu/n1=1", world.Place("one"));
    }

    [Fact]
    public void Compute_WithdrawnSingletonOnALostNode_StartsNowhereElse()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1, AssignmentState.Withdrawn);
        world.Verdict("eu", "n1", VerdictState.NotReady);
        Binding binding = world.Plan().Bindings[0];
        Assert.Equal("(1 unplaced)", World.Text(binding));
        Assert.NotNull(binding.Stranded);
    }

    [Fact]
    public void Compute_SingletonMovedAndItsOldHolderReturns_StaysWhereItIs()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true)
            .Assign("one", "eu", "n1", 1, AssignmentState.Unreachable).Assign("one", "us", "n1", 1);
        Assert.Equal("us/n1=1", world.Place("one"));
    }

    [Fact]
    public void Compute_HolderConfirmedLost_AnotherIsNamedThoughNobodyCouldFenceIt()
    {
        World world = new World().Cluster("eu", capabilities: WithoutFencing).Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1).Lose("eu");
        Assert.Contains("confirm-lost eu/n1", world.Plan().Bindings[0].Stranded, StringComparison.Ordinal);
        world.Change("eu", spec => spec.WithNode("n1", node => node with { ConfirmedLost = true }));
        Assert.Equal("us/n1=1", world.Place("one"));
        Assert.Null(world.Plan().Bindings[0].Stranded);
    }

    [Fact]
    public void Compute_ConfirmedLostPlaceIsHeardAgain_GetsNothingUntilThatIsTakenBack()
    {
        World world = new World().Cluster("eu").Workload("web", 2);
        world.Change("eu", spec => spec with { ConfirmedLost = true });
        Assert.Equal("(2 unplaced)", world.Place("web"));
        world.Change("eu", spec => spec with { ConfirmedLost = false });
        Assert.Equal("eu/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_HomeConfirmedLost_StaysStranded()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("db", 1, volumes: World.Volume("data", "eu", "n1")).Assign("db", "eu", "n1", 1).Lose("eu");
        world.Change("eu", spec => spec with { ConfirmedLost = true });
        Binding held = world.Plan().Bindings[0];
        Assert.Equal("eu/n1=1", World.Text(held));
        Assert.Contains("was confirmed lost", held.Stranded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Compute_DataOfAConfirmedLostHomeGivenUp_StartsElsewhere(bool singleton)
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("db", 1, singleton: singleton, volumes: World.Volume("data")).Assign("db", "eu", "n1", 1).Lose("eu", leaseEnded: true);
        // Without a home on record data may be where it runs; only a person gives that up.
        Assert.Equal("eu/n1=1", world.Place("db"));
        world.Change("eu", spec => spec with { ConfirmedLost = true });
        PlacementPlan plan = world.Plan();
        Assert.Equal("us/n1=1", World.Text(plan.Bindings[0]));
        Assert.Equal("us/n1=1", world.Apply(plan, leftoversStay: true).Place("db"));
    }

    [Fact]
    public void Compute_PinnedSingleton_GoesThereAndStays()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1);
        world.Change("one", w => w with { Spec = w.Spec with { Pins = [new Domain.Workloads.ClusterPin { Cluster = "us" }] } });
        Assert.Equal("us/n1=1", world.Place("one"));
        Assert.Equal("us/n1=1", world.Apply(world.Plan()).Place("one"));
    }

    [Fact]
    public void Compute_PinnedSingletonWhoseHolderIsSuspect_Stays()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", 1, singleton: true).Assign("one", "eu", "n1", 1).Verdict("eu", "n1", VerdictState.Suspect);
        world.Change("one", w => w with { Spec = w.Spec with { Pins = [new Domain.Workloads.ClusterPin { Cluster = "us" }] } });
        Assert.Equal("eu/n1=1", world.Place("one"));
    }

    [Fact]
    public void Compute_VolumeWithHome_GoesOnlyThere()
    {
        World world = new World().Cluster("eu", nodes: 2, cpu: 2000).Cluster("us").Workload("db", 3, volumes: World.Volume("data", "eu", "n2"));
        Assert.Equal("eu/n2=2 (1 unplaced)", world.Place("db"));
    }

    [Fact]
    public void Compute_VolumesHomeLost_StaysStranded()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("db", 1, volumes: World.Volume("data", "eu", "n1")).Assign("db", "eu", "n1", 1).Lose("eu", leaseEnded: true);
        Binding binding = world.Plan().Bindings[0];
        Assert.Equal("eu/n1=1", World.Text(binding));
        Assert.Contains("do not move by themselves", binding.Stranded, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_VolumeWithoutHome_AllReplicasGoToOneNode()
    {
        World world = new World().Cluster("eu", nodes: 2, cpu: 2000).Cluster("us", nodes: 1, cpu: 3000).Workload("db", 3, volumes: World.Volume("data"));
        Assert.Equal("us/n1=3", world.Place("db"));
    }

    [Fact]
    public void Compute_TwoWorkloadsWithOneNewVolume_GoToOneNode()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("a", 1, volumes: World.Volume("data")).Workload("b", 1, volumes: World.Volume("data"));
        Assert.Equal(world.Place("a"), world.Place("b"));
    }

    [Fact]
    public void Compute_SharedVolume_IsPreferredWhereItIsAndBindsNobody()
    {
        Domain.Volumes.Volume volume = World.Volume("data", "us", shared: true);
        World world = new World().Cluster("eu", cpu: 9000).Cluster("us", cpu: 2000).Workload("web", 3, volumes: volume);
        Assert.Equal("eu/n1=1 us/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_VolumesWithDifferentHomes_SayThatTheyMustLieTogether()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("db", 1, volumes: [World.Volume("a", "eu", "n1"), World.Volume("b", "us", "n1")]);
        Assert.Contains("different homes", world.Plan().Bindings[0].Stranded, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_VolumesHomeDrains_StaysStranded()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("db", 1, volumes: World.Volume("data", "eu", "n1")).Assign("db", "eu", "n1", 1);
        world.Change("eu", spec => spec with { Draining = true });
        Binding binding = world.Plan().Bindings[0];
        Assert.Equal("eu/n1=1", World.Text(binding));
        Assert.Contains("draining", binding.Stranded, StringComparison.Ordinal);
    }
}
