using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Scheduling.Explanation;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

/// <summary>What a policy wants to survive has room elsewhere, which nothing else takes until the loss has come.</summary>
public sealed class SurviveTests
{
    private static readonly PlacementPolicySpec AnyCluster = new() { Survive = Survival.Cluster };

    [Fact]
    public void Compute_TwoClusters_HalfOfThemIsHeldBack()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 8, AnyCluster);
        Assert.Equal("eu/n1=2 us/n1=2 (4 unplaced)", world.Place("web"));
        Assert.Contains("survive: 4 found no place, for the loss of cluster eu would leave no room for them elsewhere", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Summary, StringComparison.Ordinal);
        world = world.Scale("web", 4);
        world = world.Apply(world.Plan());
        Assert.Contains("the loss of any one cluster still fits", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Summary, StringComparison.Ordinal);
        Assert.Equal("us/n1=4", world.Lose("eu", leaseEnded: true).Place("web"));
    }

    [Fact]
    public void Explain_TwoClusters_NamesWhatIsHeldBackAndForWhatAsTheGuideHasIt()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 4, AnyCluster);
        world = world.Apply(world.Plan()).Workload("other", 2);
        PlacementExplanation other = PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("other"))!;
        Assert.Equal(("survive", "2 replicas found no place"), (other.Clusters[0].RefusedBy, other.Summary.Split("; ")[1]));
        Assert.Contains($"> `{PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Summary}`", GuideTests.Guide, StringComparison.Ordinal);
        Assert.Contains($"> `survive: {other.Clusters[0].Sentence}`", GuideTests.Guide, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_ScaledUp_GetsAsManyAsHaveRoomForALoss()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 2, AnyCluster);
        world = world.Apply(world.Plan()).Scale("web", 100);
        Assert.Equal("eu/n1=2 us/n1=2 (96 unplaced)", world.Place("web"));
    }

    [Fact]
    public void Compute_OnlyOneClusterMayRunIt_IsNotPlaced()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 1, AnyCluster with { Affinity = [Policy.Is("federation/cluster", "eu")] }).Workload("one", 1, AnyCluster, singleton: true);
        Assert.Equal("(1 unplaced)", world.Place("web"));
        PlacementExplanation web = PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!;
        Assert.Equal(("survive", "one more replica on eu/n1 would leave a loss without room for all, as the policy asks (survive); add capacity elsewhere, or ask for fewer"), (web.Clusters[0].RefusedBy, web.Clusters[0].Sentence));
        world = world.Apply(world.Plan());
        string other = world.Place("one") == "eu/n1=1" ? "us" : "eu";
        Assert.Equal($"{other}/n1=1", world.Lose(other == "us" ? "eu" : "us", leaseEnded: true).Place("one"));
    }

    [Fact]
    public void Compute_NewcomerEarlierInTheOrder_LeavesTheOthersTheirRoom()
    {
        PlacementPolicySpec where = AnyCluster with { Affinity = [Policy.Is("federation/cluster", "a", "x")] };
        World world = new World().Cluster("a", cpu: 4000).Cluster("x", cpu: 2000).Cluster("y", cpu: 2000).Workload("old", 2, where).Assign("old", "a", "n1", 2);
        // Its own first slots would be on x, which alone takes the other's.
        world.Workload("early", 2, AnyCluster with { Preferred = [new PreferredTerm { Weight = 50, Term = Policy.Is("federation/cluster", "x") }] });
        world = world.Apply(world.Plan());
        Assert.Equal("x/n1=2", world.Lose("a", leaseEnded: true).Place("old"));
    }

    [Fact]
    public void Compute_ClusterNoLongerRegistered_IsEmptiedIntoTheRoom()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 4, AnyCluster);
        world = world.Apply(world.Plan());
        world.Clusters.RemoveAll(c => c.Metadata.Name == "eu");
        Assert.Equal("us/n1=4", world.Place("web"));
    }

    [Fact]
    public void Compute_OthersThatAskForNothing_DoNotTakeTheRoom()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 4, AnyCluster);
        world = world.Apply(world.Plan()).Workload("filler", 4);
        Assert.Equal("(4 unplaced)", world.Place("filler"));
        Assert.Contains("eu/n1 has room for 2 replicas, but holds it back, the most of it for the loss of cluster us", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("filler"))!.Clusters[0].Sentence, StringComparison.Ordinal);
        // What was there before is not driven out; then it is the other that waits: one replica has room for its loss beside it, a second would have none.
        World full = new World().Cluster("eu").Cluster("us").Workload("filler", 6);
        full = full.Apply(full.Plan()).Workload("web", 2, AnyCluster);
        Assert.Equal("eu/n1=1 (1 unplaced)", full.Place("web"));
    }

    [Fact]
    public void Compute_LossesOfDifferentClusters_ShareTheRoom()
    {
        World world = new World().Cluster("a", cpu: 2000).Cluster("b", cpu: 2000).Cluster("c", cpu: 2000).Workload("x", 2, AnyCluster with { Affinity = [Policy.Is("federation/cluster", "a", "c")] })
            .Workload("y", 2, AnyCluster with { Affinity = [Policy.Is("federation/cluster", "b", "c")] });
        world.Assign("x", "a", "n1", 2).Assign("y", "b", "n1", 2).Workload("filler", 1);
        Assert.Equal("(1 unplaced)", world.Place("filler"));
        Assert.Equal(("c/n1=2", "b/n1=2"), (world.Copy().Lose("a", leaseEnded: true).Place("x"), world.Copy().Lose("a", leaseEnded: true).Place("y")));
        Assert.Equal("c/n1=2", world.Copy().Lose("b", leaseEnded: true).Place("y"));
    }

    [Fact]
    public void Compute_Region_IsLostAsAWhole()
    {
        World world = new World().Cluster("eu-1", labels: "region=eu").Cluster("eu-2", labels: "region=eu").Cluster("us", labels: "region=us").Workload("web", 12, new PlacementPolicySpec { Survive = Survival.Region });
        PlacementPlan plan = world.Plan();
        Assert.Equal(4, plan.Bindings[0].Shares.Sum(share => share.Replicas));
        world = world.Apply(plan).Lose("eu-1", leaseEnded: true).Lose("eu-2", leaseEnded: true);
        Assert.Equal(plan.Bindings[0].Unplaced, world.Plan().Bindings[0].Unplaced);
    }

    [Fact]
    public void Compute_DrainedCluster_IsEmptiedIntoTheRoom()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("web", 4, AnyCluster);
        world = world.Apply(world.Plan()).Change("eu", spec => spec with { Draining = true });
        Assert.Equal("us/n1=4", world.Place("web"));
    }

    [Fact]
    public void Compute_AnyWorld_LossOfAnyOneClusterStillFits() => WorldSeed.Check(5, 8, seed =>
    {
        World world = Guarded(RandomWorlds.Fresh(seed, healthy: true), seed);
        PlacementPlan plan = world.Plan();
        World after = world.Apply(plan);
        foreach (string lost in world.Clusters.Select(c => c.Metadata.Name))
        {
            PlacementPlan then = after.Copy().Lose(lost, leaseEnded: true).Plan();
            foreach (PlannedWorkload w in world.Workloads.Where(Promised))
            {
                int before = plan.Bindings.Single(b => b.Workload == w.Key).Unplaced, now = then.Bindings.Single(b => b.Workload == w.Key).Unplaced;
                Assert.True(now <= before, $"{w.Key} lacks {now} without {lost}, and {before} with it");
            }
        }
    }, cases: 400);

    [Fact]
    public void Compute_AnyWorld_LossOfAnyOneRegionStillFits() => WorldSeed.Check(5, 8, seed =>
    {
        World world = Guarded(RandomWorlds.Fresh(seed, healthy: true), seed, Survival.Region);
        PlacementPlan plan = world.Plan();
        World after = world.Apply(plan);
        foreach (IGrouping<string, string> region in world.Clusters.GroupBy(c => c.Metadata.Labels?.GetValueOrDefault("region") ?? $"of {c.Metadata.Name}", c => c.Metadata.Name))
        {
            World lost = after.Copy();
            foreach (string cluster in region) lost.Lose(cluster, leaseEnded: true);
            PlacementPlan then = lost.Plan();
            foreach (PlannedWorkload w in world.Workloads.Where(Promised))
                Assert.True(then.Bindings.Single(b => b.Workload == w.Key).Unplaced <= plan.Bindings.Single(b => b.Workload == w.Key).Unplaced, $"{w.Key} does not fit without {region.Key}");
        }
    }, cases: 300);

    [Fact]
    public void Compute_AnyWorld_WhatLeavesALostClusterOneAfterAnotherStillFits() => WorldSeed.Check(5, 8, LeaveOneAfterAnother, cases: 400);

    [Fact]
    public void Compute_WorldInWhichOneTookAnothersRoom_WhatLeavesALostClusterOneAfterAnotherStillFits() => LeaveOneAfterAnother(new WorldSeed(1915311624, 5, 6));

    // Of the room on x, first has one, which it gives up where it may choose. With it second would come there twice, and third, which has no other place, lack its own.
    [Fact]
    public void Compute_ToleranceOfOneEndsBeforeTheOthers_ItLeavesThemTheirRoom()
    {
        PlacementPolicySpec onlyX = AnyCluster with { Affinity = [Policy.Is("federation/cluster", "lost", "x")] };
        World world = new World().Cluster("lost", cpu: 9000).Cluster("x", cpu: 2000).Cluster("y", cpu: 4000)
            .Workload("a-first", 1, AnyCluster with { Preferred = [new PreferredTerm { Weight = 50, Term = Policy.Is("federation/cluster", "y") }] }, cpu: 1250).Workload("b-second", 2, AnyCluster).Workload("c-third", 1, onlyX, cpu: 750);
        world.Assign("a-first", "lost", "n1", 1).Assign("b-second", "lost", "n1", 2).Assign("c-third", "lost", "n1", 1);
        Assert.Equal("y/n1=1", world.Copy().Lose("lost", leaseEnded: true).Place("a-first"));
        World amid = world.Copy().Lose("lost", "a-first", leaseEnded: true);
        Assert.Equal("x/n1=1", amid.Place("a-first"));
        Assert.Equal("1 replica placed: 1 on x; the loss of any one cluster still fits", PlacementPlanner.Explain(amid.Desired, amid.Observed, World.Key("a-first"))!.Summary.Split("; held back")[0]);
        amid = amid.Apply(amid.Plan(), leftoversStay: true).Lose("lost", leaseEnded: true);
        Assert.Equal(("x/n1=1", "y/n1=2"), (amid.Place("c-third"), amid.Place("b-second")));
    }

    [Fact]
    public void Explain_AnyWorldThatHasLived_WhatItSaysFitsDoesFit() => WorldSeed.Check(5, 8, FitAsExplained, cases: 150);

    // The plan that is explained places one replica more, which found room by what the plan before gave up.
    [Fact]
    public void Explain_WorldThatIsNotYetAtRest_WhatItSaysFitsDoesFit() => FitAsExplained(new WorldSeed(1325093364, 5, 6));

    [Fact]
    public void Compute_AnyWorld_HoldsBackWithoutOvercommittingOrMovingWhatRuns() => WorldSeed.Check(5, 8, seed =>
    {
        World world = Guarded(RandomWorlds.Lived(seed), seed);
        Dictionary<(ClusterId, NodeId?), ResourceAmount> before = Free(world);
        PlacementPlan plan = world.Plan();
        World amid = world.Apply(plan, leftoversStay: true);
        foreach (((ClusterId, NodeId?) place, ResourceAmount free) in Free(amid))
            Assert.True(free.Cpu.Value >= Math.Min(0, before[place].Cpu.Value), $"{place} is overcommitted");
        // What is no longer held back may let in what had found no place; nothing that was placed moves or goes by it.
        PlacementPlan again = amid.Plan();
        foreach (Binding binding in plan.Bindings)
        {
            if (world.Workloads.Single(w => w.Key == binding.Workload) is { } w && (w.Policy.Division.Strategy != DivisionStrategy.Dynamic || w.Policy.Spread is { Count: > 0 } || w.Spec.Pins is not null)) continue;
            // What is stranded waits for just such a place.
            if (binding.Stranded is not null) continue;
            Binding next = again.Bindings.Single(b => b.Workload == binding.Workload);
            Assert.True(next.Unplaced <= binding.Unplaced, $"{binding.Workload} lost a place");
            foreach (BindingShare share in binding.Shares)
                Assert.True(PlainRules.Planned(next, share.Cluster, share.Node) >= share.Replicas, $"{binding.Workload} had {share.Replicas} on {share.Cluster}/{share.Node}");
        }
    }, cases: 500);

    [Fact]
    public void Compute_InputInAnotherOrder_GivesTheSamePlan() => WorldSeed.Check(5, 8, seed =>
    {
        World world = Guarded(RandomWorlds.Lived(seed), seed);
        Assert.Equal(world.Plan().Bindings.Select(World.Text), RandomWorlds.Shuffled(world, seed.Number).Plan().Bindings.Select(World.Text));
    }, cases: 300);

    private static void LeaveOneAfterAnother(WorldSeed seed)
    {
        World world = Guarded(RandomWorlds.Fresh(seed, healthy: true), seed);
        PlacementPlan plan = world.Plan();
        string cluster = world.Clusters[seed.Number % world.Clusters.Count].Metadata.Name;
        World lost = world.Apply(plan);
        foreach (PlannedWorkload w in RandomWorlds.Shuffled(world, seed.Number).Workloads)
        {
            lost.Lose(cluster, w.Key.Name, leaseEnded: true);
            lost = lost.Apply(lost.Plan(), leftoversStay: true);
        }
        PlacementPlan then = lost.Plan();
        foreach (PlannedWorkload w in world.Workloads.Where(Promised))
        {
            int before = plan.Bindings.Single(b => b.Workload == w.Key).Unplaced, now = then.Bindings.Single(b => b.Workload == w.Key).Unplaced;
            Assert.True(now <= before, $"{w.Key} lacks {now} without {cluster}, and {before} with it");
        }
    }

    // What is explained is the plan, so that the loss comes when it has been carried out: what it has yet to place has nothing to lose.
    private static void FitAsExplained(WorldSeed seed)
    {
        World world = Guarded(RandomWorlds.Lived(seed), seed);
        world = world.Apply(world.Plan());
        world = world.Apply(world.Plan());
        PlacementPlan plan = world.Plan();
        World after = world.Apply(plan);
        foreach (PlannedWorkload w in world.Workloads.Where(Promised))
        {
            if (!PlacementPlanner.Explain(world.Desired, world.Observed, w.Key)!.Summary.Contains("the loss of any one cluster still fits", StringComparison.Ordinal)) continue;
            int before = plan.Bindings.Single(b => b.Workload == w.Key).Unplaced;
            foreach (string lost in world.Clusters.Select(c => c.Metadata.Name))
            {
                int now = after.Copy().Lose(lost, leaseEnded: true).Plan().Bindings.Single(b => b.Workload == w.Key).Unplaced;
                Assert.True(now <= before, $"{w.Key} lacks {now} without {lost}, and {before} with it");
            }
        }
    }

    private static World Guarded(World world, WorldSeed seed, Survival survival = Survival.Cluster)
    {
        var random = new Random(seed.Number);
        foreach (PlannedWorkload w in world.Workloads.ToList())
        {
            if (random.Next(2) == 0 || w.Policy.Division.Strategy == DivisionStrategy.Duplicated || w.Policy.Spread?.Any(rule => rule.Max is not null) == true) continue;
            world.Change(w.Key.Name, x => x with { Policy = x.Policy with { Survive = survival } });
        }
        return world;
    }

    private static bool Promised(PlannedWorkload w) => w.Policy is { Survive: not null, Failover.Enabled: true } && !PlainRules.Bound(w);

    private static Dictionary<(ClusterId, NodeId?), ResourceAmount> Free(World world) =>
        PlacementPlanner.Capacity(world.Desired, world.Observed).ToDictionary(c => (c.Cluster, c.Node), c => c.Free);
}
