using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

public sealed class DivisionTests
{
    [Fact]
    public void Compute_Pinned_MovesThereAndThenAsksForNothingMore()
    {
        World world = new World().Cluster("eu").Cluster("us").Cluster("zz").Workload("web", 4).Assign("web", "eu", "n1", 4);
        world.Change("web", w => w with { Spec = w.Spec with { Pins = [new Domain.Workloads.ClusterPin { Cluster = "us" }] } });
        Assert.Equal("us/n1=4", world.Place("web"));
        Assert.Equal("us/n1=4", world.Apply(world.Plan()).Place("web"));
        // Taken back, it stays where it is: nothing is moved that need not be.
        Assert.Equal("us/n1=4", world.Apply(world.Plan()).Change("web", w => w with { Spec = w.Spec with { Pins = null } }).Place("web"));
    }

    // The rule leaves one cluster open: it is the one that a person names, though nothing runs there yet and others would score as well.
    [Fact]
    public void Compute_PinnedUnderASpreadLimit_GoesThereAtOnce()
    {
        var oneCluster = new PlacementPolicySpec { Spread = [new SpreadRule { Label = "federation/cluster", Max = 1 }] };
        World world = new World().Cluster("eu").Cluster("us").Cluster("zz", cpu: 1000).Workload("web", 1, oneCluster);
        world.Change("web", w => w with { Spec = w.Spec with { Pins = [new ClusterPin { Cluster = "zz" }] } });
        Assert.Equal("zz/n1=1", world.Place("web"));
        Assert.Equal("zz/n1=1", world.Copy().Assign("web", "eu", "n1", 1).Place("web"));
    }

    [Fact]
    public void Compute_PinnedUnderASpreadLimit_CostsNoReplicaItsPlace()
    {
        World world = new World().Cluster("big", cpu: 9000).Cluster("small", cpu: 3000).Workload("web", 5, Policy.Spread("federation/cluster", max: 1));
        world.Change("web", w => w with { Spec = w.Spec with { Pins = [new ClusterPin { Cluster = "small" }] } });
        Assert.Equal("big/n1=5", world.Place("web"));
        Assert.Contains("a pin wants 5 in cluster small and 0 could be placed there", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Summary, StringComparison.Ordinal);
        Assert.Equal("small/n1=3", world.Scale("web", 3).Place("web"));
    }

    // The last one in its cluster may go as well, for where it goes it brings a value of its own.
    [Fact]
    public void Compute_PinnedAtMostUnderASpread_IsMetAtOnce()
    {
        World world = new World().Cluster("a").Cluster("b").Cluster("c").Workload("web", 4, Policy.Spread("federation/cluster", min: 2)).Assign("web", "a", "n1", 2).Assign("web", "c", "n1", 2);
        world.Change("web", w => w with { Spec = w.Spec with { Pins = [new ClusterPin { Cluster = "a", AtMost = 0 }] } });
        Assert.Equal("b/n1=2 c/n1=2", world.Place("web"));
        Assert.Equal("b/n1=2 c/n1=2", world.Apply(world.Plan()).Place("web"));
    }

    [Fact]
    public void Compute_PinnedInPart_MovesThatPartAndTakesItFromWhereItIsToCome()
    {
        World world = new World().Cluster("eu").Cluster("us").Cluster("zz").Workload("web", 6).Assign("web", "eu", "n1", 3).Assign("web", "zz", "n1", 3);
        world.Change("web", w => w with { Spec = w.Spec with { Pins = [new() { Cluster = "us", AtLeast = 2 }, new() { Cluster = "zz", AtMost = 1 }] } });
        Assert.Equal("eu/n1=3 us/n1=2 zz/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_PinnedBeyondRoom_MovesWhatFitsAndSaysSo()
    {
        World world = new World().Cluster("eu").Cluster("us", cpu: 2000).Workload("web", 4).Assign("web", "eu", "n1", 4);
        world.Change("web", w => w with { Spec = w.Spec with { Pins = [new() { Cluster = "us" }] } });
        Assert.Equal("eu/n1=2 us/n1=2", world.Place("web"));
        Assert.Contains("a pin wants 4 in cluster us and 2", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_Dynamic_DividesInProportionToFreeCapacity()
    {
        World world = new World().Cluster("big", cpu: 6000).Cluster("small", cpu: 3000).Workload("web", 6);
        Assert.Equal("big/n1=4 small/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_NativeCluster_DividesItsShareOverItsNodes()
    {
        World world = new World().Cluster("eu", nodes: 2, cpu: 4000).Workload("web", 4);
        Assert.Equal("eu/n1=2 eu/n2=2", world.Place("web"));
    }

    [Fact]
    public void Compute_NativeCluster_CountsOnlyWholeReplicasOfEachNode()
    {
        World world = new World().Cluster("eu", nodes: 3, cpu: 1500).Workload("web", 4);
        Assert.Equal("eu/n1=1 eu/n2=1 eu/n3=1 (1 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Compute_ClusterDrivenAsAWhole_TakesOneShareWithoutNode()
    {
        World world = new World().Cluster("swarm", nodes: 2, cpu: 2000, kind: ClusterKind.Swarm).Workload("web", 5);
        Assert.Equal("swarm=4 (1 unplaced)", world.Place("web"));
    }

    [Theory]
    [InlineData(3, "eu/n1=2 us/n1=1")]
    [InlineData(4, "eu/n1=3 us/n1=1")]
    [InlineData(6, "eu/n1=4 us/n1=2")]
    public void Compute_Weighted_UsesTheLargestRemainder(int replicas, string expected)
    {
        World world = new World().Cluster("eu", cpu: 9000).Cluster("us", cpu: 9000).Cluster("other").Workload("web", replicas, Policy.Weights(("eu", 2), ("us", 1)));
        Assert.Equal(expected, world.Place("web"));
    }

    [Fact]
    public void Compute_WeightedClusterFull_GivesTheRestToTheOthers()
    {
        World world = new World().Cluster("eu", cpu: 1000).Cluster("us", cpu: 9000).Workload("web", 6, Policy.Weights(("eu", 2), ("us", 1)));
        Assert.Equal("eu/n1=1 us/n1=5", world.Place("web"));
    }

    [Fact]
    public void Compute_WeightsChanged_MovesToMeetThem()
    {
        World world = new World().Cluster("eu", cpu: 9000).Cluster("us", cpu: 9000).Workload("web", 4, Policy.Weights(("eu", 1), ("us", 3)))
            .Assign("web", "eu", "n1", 3).Assign("web", "us", "n1", 1);
        Assert.Equal("eu/n1=1 us/n1=3", world.Place("web"));
    }

    [Fact]
    public void Compute_Duplicated_PutsTheWholeNumberOnEveryEligibleCluster()
    {
        World world = new World().Cluster("eu").Cluster("us").Cluster("off", spec: new ClusterSpec { Cordoned = true }).Workload("web", 2, Policy.Everywhere());
        Assert.Equal("eu/n1=2 us/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_DuplicatedClusterTooSmall_CountsWhatIsMissing()
    {
        World world = new World().Cluster("eu", cpu: 1000).Cluster("us").Workload("web", 3, Policy.Everywhere());
        Assert.Equal("eu/n1=1 us/n1=3 (2 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Compute_DuplicatedUnderASpreadLimit_CountsWhatIsMissingWhereTheLimitLetsItIn()
    {
        World world = new World().Cluster("a", labels: "region=a").Cluster("b", labels: "region=b").Cluster("full", labels: "region=c", cpu: 500);
        world.Workload("web", 2, Policy.Spread("region", max: 2) with { Division = new DivisionRule { Strategy = DivisionStrategy.Duplicated } });
        Assert.Equal("a/n1=2 b/n1=2", world.Place("web"));
        world.Change("a", spec => spec with { Cordoned = true }).Change("b", spec => spec with { Cordoned = true });
        Assert.Equal("(2 unplaced)", world.Place("web"));
    }

    // The first rule would use region b, which the second bars: its seat is for a region that both let in.
    [Fact]
    public void Compute_LimitsThatBarEachOther_WasteNoValue()
    {
        World world = new World().Cluster("a", labels: "region=a,zone=1", spec: new ClusterSpec { PricePerCoreHour = 1 }).Cluster("b", labels: "region=b,zone=2", spec: new ClusterSpec { PricePerCoreHour = 2 })
            .Cluster("c", labels: "region=c,zone=1", spec: new ClusterSpec { PricePerCoreHour = 3 });
        world.Workload("web", 1, new PlacementPolicySpec
        {
            Spread = [new SpreadRule { Label = "region", Max = 2 }, new SpreadRule { Label = "zone", Max = 1 }],
            Division = new DivisionRule { Strategy = DivisionStrategy.Duplicated },
        });
        Assert.Equal("a/n1=1 c/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_SpreadMin_UsesThatManyValues()
    {
        World world = new World().Cluster("eu1", labels: "region=eu", cpu: 50000).Cluster("eu2", labels: "region=eu", cpu: 50000).Cluster("us", labels: "region=us", cpu: 2000)
            .Workload("web", 3, Policy.Spread("region", min: 2));
        Assert.Contains("us/n1=1", world.Place("web"), StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_SpreadMax_UsesNoMoreValuesAndChoosesOnesThatHoldEverything()
    {
        World world = new World().Cluster("a", labels: "region=a", cpu: 2000).Cluster("b", labels: "region=b", cpu: 5000).Cluster("c", labels: "region=c", cpu: 3000)
            .Workload("web", 5, Policy.Spread("region", max: 1));
        Assert.Equal("b/n1=5", world.Place("web"));
    }

    [Fact]
    public void Compute_SpreadMinViolated_MovesOneReplica()
    {
        World world = new World().Cluster("eu", cpu: 9000).Cluster("us", cpu: 9000).Workload("web", 4, Policy.Spread("federation/cluster", min: 2)).Assign("web", "eu", "n1", 4);
        Assert.Equal("eu/n1=3 us/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_Preferred_FillsThePreferredFirst()
    {
        World world = new World().Cluster("eu", labels: "region=eu", cpu: 2000).Cluster("us", labels: "region=us", cpu: 9000).Workload("web", 3, Policy.Prefer("region", "eu"));
        Assert.Equal("eu/n1=2 us/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_PreferNoSchedule_IsUsedLast()
    {
        World world = new World().Cluster("eu", spec: new ClusterSpec { Taints = [new Taint { Key = "old", Effect = TaintEffect.PreferNoSchedule }] }, cpu: 9000).Cluster("us", cpu: 2000).Workload("web", 3);
        Assert.Equal("eu/n1=1 us/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_PriceDiffers_TheCheaperGetsTheOddReplica()
    {
        World world = new World().Cluster("dear", spec: new ClusterSpec { PricePerCoreHour = 2 }).Cluster("cheap", spec: new ClusterSpec { PricePerCoreHour = 1 }).Workload("web", 1);
        Assert.Equal("cheap/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_TiesOfManyWorkloads_DoNotAllFallOnOneCluster()
    {
        World world = new World().Cluster("a", cpu: 1000000).Cluster("b", cpu: 1000000);
        for (int i = 0; i < 40; i++) world.Workload($"w{i}", 1, cpu: 0);
        int onA = world.Plan().Bindings.Count(b => b.Shares[0].Cluster.Value == "a");
        Assert.InRange(onA, 8, 32);
    }

    [Fact]
    public void Compute_ReplicasLowered_TakesFromTheMostLoaded()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 3).Assign("web", "eu", "n1", 3).Assign("web", "us", "n1", 1);
        Assert.Equal("eu/n1=2 us/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_ReplicasLowered_KeepsTheSpread()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2, Policy.Spread("federation/cluster", min: 2)).Assign("web", "eu", "n1", 1).Assign("web", "us", "n1", 3);
        Assert.Equal("eu/n1=1 us/n1=1", world.Place("web"));
    }

    [Fact]
    public void Compute_TooManyWhileMoving_TakesTheMovingFirst()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2).Assign("web", "eu", "n1", 2, AssignmentState.Moving).Assign("web", "us", "n1", 2);
        Assert.Equal("us/n1=2", world.Place("web"));
    }

    [Fact]
    public void Compute_DivisionCarriedOutStepByStep_StaysTheSame()
    {
        World world = new World().Cluster("big", cpu: 20000).Cluster("small", cpu: 10000).Workload("web", 9);
        Assert.Equal("big/n1=6 small/n1=3", world.Place("web"));
        for (int step = 1; step <= 6; step++)
        {
            world.Assign("web", "big", "n1", step);
            Assert.Equal("big/n1=6 small/n1=3", world.Place("web"));
        }
    }

    [Fact]
    public void Compute_CapacityShort_TheHigherPriorityGoesFirst()
    {
        World world = new World().Cluster("eu", cpu: 2000).Workload("a-low", 2).Workload("z-high", 2, new PlacementPolicySpec { Priority = 10 });
        Assert.Equal("eu/n1=2", world.Place("z-high"));
        Assert.Equal("(2 unplaced)", world.Place("a-low"));
    }

    [Fact]
    public void Compute_ReplicaBecomesLarger_StaysOnlyWhereItFits()
    {
        World world = new World().Cluster("eu", cpu: 3000).Cluster("us", cpu: 9000).Workload("web", 3, cpu: 1000).Assign("web", "eu", "n1", 3);
        world.Change("web", w => w with { Spec = w.Spec with { Template = w.Spec.Template with { Resources = new ResourceRequirements { Cpu = new CpuMillis(2000) } } } });
        Assert.Equal("eu/n1=1 us/n1=2", world.Place("web"));
    }
}
