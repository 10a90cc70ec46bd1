using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Scheduling.Rebalancing;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

/// <summary>What would be better placed elsewhere: only what gains enough, and only what can be carried out.</summary>
public sealed class RebalanceTests
{
    [Fact]
    public void Rebalance_EmptyClusterJoins_MovesHalfOfTheLoadThere()
    {
        World world = new World().Cluster("old", cpu: 8000);
        for (int i = 0; i < 6; i++) world.Workload($"w{i}");
        world = world.Apply(world.Plan()).Cluster("new", cpu: 8000);
        IReadOnlyList<BetterPlacement> better = PlacementPlanner.Rebalance(world.Desired, world.Observed);
        Assert.Equal(3, better.Count);
        Assert.All(better, one => Assert.Equal("new/n1=1", World.Text(one.Binding)));
        Assert.All(better, one => Assert.Equal("old is 75% taken, new 0%", one.Why));
    }

    [Fact]
    public void Rebalance_OneLargeWorkload_MovesSomeOfItsReplicas()
    {
        World world = new World().Cluster("old", cpu: 8000).Workload("web", 6);
        world = world.Apply(world.Plan()).Cluster("new", cpu: 8000);
        Assert.Equal("new/n1=3 old/n1=3", World.Text(Assert.Single(PlacementPlanner.Rebalance(world.Desired, world.Observed)).Binding));
    }

    [Fact]
    public void Rebalance_PreferredClusterReturns_MovesThereThoughItIsFuller()
    {
        World world = new World().Cluster("eu", labels: "region=eu", cpu: 2000).Cluster("us", labels: "region=us").Workload("web", policy: Policy.Prefer("region", "eu")).Workload("heavy", policy: Policy.Only("region", "eu"));
        world.Assign("web", "us", "n1", 1).Assign("heavy", "eu", "n1", 1);
        BetterPlacement better = Assert.Single(PlacementPlanner.Rebalance(world.Desired, world.Observed));
        Assert.Equal(("eu/n1=1", "its policy prefers eu"), (World.Text(better.Binding), better.Why));
    }

    [Fact]
    public void Rebalance_CheaperCluster_TakesWorkUntilItsLoadOutweighsThePrice()
    {
        World world = new World().Cluster("dear", spec: new ClusterSpec { PricePerCoreHour = 2 }).Cluster("cheap", spec: new ClusterSpec { PricePerCoreHour = 1 });
        for (int i = 0; i < 4; i++) world.Workload($"w{i}").Assign($"w{i}", "dear", "n1", 1);
        IReadOnlyList<BetterPlacement> better = PlacementPlanner.Rebalance(world.Desired, world.Observed);
        Assert.Equal(4, better.Count);
        Assert.All(better, one => Assert.StartsWith("cheap is cheaper than dear; ", one.Why, StringComparison.Ordinal));
    }

    [Fact]
    public void Rebalance_SmallGain_MovesNothing()
    {
        World world = new World().Cluster("a").Cluster("b").Workload("x").Workload("y").Workload("z").Assign("x", "a", "n1", 1).Assign("y", "a", "n1", 1).Assign("z", "b", "n1", 1);
        Assert.Empty(PlacementPlanner.Rebalance(world.Desired, world.Observed));
    }

    [Fact]
    public void Rebalance_WhatIsBoundOrUnsettled_Stays()
    {
        World world = new World().Cluster("old", nodes: 1, cpu: 8000)
            .Workload("one", singleton: true)
            .Workload("data", volumes: [World.Volume("v", "old", "n1")])
            .Workload("pinned").Change("pinned", w => w with { Spec = w.Spec with { Pins = [new() { Cluster = "old" }] } })
            .Workload("aimed").Change("aimed", w => w with { Aim = [new(new("old"), new NodeId("n1"), 1)] })
            .Workload("job").Change("job", w => w with { Spec = w.Spec with { Template = w.Spec.Template with { Restart = new() { Condition = Domain.Workloads.RestartCondition.Never } } } })
            .Workload("growing", 1);
        world = world.Apply(world.Plan()).Cluster("new", cpu: 8000);
        int i = world.Assignments.FindIndex(a => a.Workload == World.Key("growing"));
        world.Assignments[i] = world.Assignments[i] with { Surge = 1 };
        Assert.Empty(PlacementPlanner.Rebalance(world.Desired, world.Observed));
    }

    [Fact]
    public void Compute_Aim_IsReachedWhenAllOfItHasRoom()
    {
        World world = new World().Cluster("eu").Cluster("us", cpu: 2000).Workload("web", 2).Workload("other", 1).Assign("web", "eu", "n1", 2).Assign("other", "us", "n1", 1);
        world.Change("web", w => w with { Aim = [new BindingShare(new("us"), new NodeId("n1"), 2)] });
        Assert.Equal("eu/n1=2", world.Place("web"));
        Assert.Contains("it is to move to us/n1 and waits for room there", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("web"))!.Notes);
        world.Scale("other", 0);
        world = world.Apply(world.Plan());
        Assert.Equal("us/n1=2", world.Place("web"));
        // A rule goes before an aim.
        Assert.Equal("eu/n1=2", world.Change("us", spec => spec with { Cordoned = true }).Place("web"));
    }

    [Fact]
    public void Rebalance_AnyWorld_CanBeCarriedOutWithoutOvercommitAndEndsBalanced() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        world = world.Apply(world.Plan());
        Dictionary<(ClusterId, NodeId?), ResourceAmount> before = Free(world);
        for (int round = 0; ; round++)
        {
            IReadOnlyList<BetterPlacement> better = PlacementPlanner.Rebalance(world.Desired, world.Observed);
            Assert.Equal(better.Select(b => b.Binding.Workload.ToString()).Order(StringComparer.Ordinal), better.Select(b => b.Binding.Workload.ToString()));
            if (better.Count == 0) break;
            Assert.True(round < 8, "it does not end");
            foreach (BetterPlacement one in better) world.Change(one.Binding.Workload.Name, w => w with { Aim = one.Binding.Shares });
            // Old and new replicas stand side by side until the new ones are ready, and the plan stays what it is meanwhile.
            for (int step = 0; step <= better.Count && world.Workloads.Exists(w => w.Aim is not null); step++)
            {
                PlacementPlan plan = world.Plan();
                World amid = world.Apply(plan, leftoversStay: true);
                Assert.Equal(plan.Bindings.Select(World.Text), amid.Plan().Bindings.Select(World.Text));
                foreach (((ClusterId, NodeId?) place, ResourceAmount free) in Free(amid))
                    Assert.True(free.Cpu.Value >= Math.Min(0, before[place].Cpu.Value), $"{place} is overcommitted");
                world = world.Apply(plan);
                foreach (PlannedWorkload w in world.Workloads.Where(w => w.Aim is not null).ToList())
                {
                    Binding binding = plan.Bindings.Single(b => b.Workload == w.Key);
                    if (binding.Shares.SequenceEqual(w.Aim!)) world.Change(w.Key.Name, x => x with { Aim = null });
                }
            }
            if (!world.Workloads.Exists(w => w.Aim is not null)) continue;
            // Room that a move gives back may be taken by what had found none, or has its numbers from weights; the rest of the moves waits.
            Assert.Contains(world.Plan().Bindings, b => b.Unplaced > 0 || world.Workloads.Single(w => w.Key == b.Workload).Policy.Division.Strategy != DivisionStrategy.Dynamic);
            return;
        }
    }, cases: 500);

    [Fact]
    public void Compute_SingletonWithAnAim_GoesThereWhenItsHoldersEndCanBeSure()
    {
        World world = new World().Cluster("eu").Cluster("us").Workload("one", singleton: true).Assign("one", "eu", "n1", 1).Change("one", w => w with { Aim = [new BindingShare(new("us"), new NodeId("n1"), 1)] });
        PlacementPlan plan = world.Plan();
        Assert.Equal("us/n1=1", World.Text(plan.Bindings[0]));
        Assert.Equal("us/n1=1", world.Apply(plan, leftoversStay: true).Place("one"));
        Assert.Equal("eu/n1=1", world.Verdict("eu", "n1", VerdictState.Suspect).Place("one"));
    }

    [Fact]
    public void Compute_AnyAims_KeepRulesAndRoomAndArePlannedTheSameAgain() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        var random = new Random(seed.Number);
        List<(ClusterId Cluster, NodeId? Node)> places = PlainRules.Places(world);
        foreach (PlannedWorkload w in places.Count == 0 ? [] : world.Workloads.ToList())
        {
            int desired = PlainRules.DesiredOf(w), first = random.Next(0, desired + 1);
            BindingShare[] aim = [.. new[] { (At: random.Next(places.Count), Replicas: first), (At: random.Next(places.Count), Replicas: desired - first) }
                .GroupBy(part => part.At).Select(part => new BindingShare(places[part.Key].Cluster, places[part.Key].Node, part.Sum(x => x.Replicas))).Where(share => share.Replicas > 0)
                .OrderBy(share => share.Cluster).ThenBy(share => share.Node?.Value, StringComparer.Ordinal)];
            world.Change(w.Key.Name, x => x with { Aim = aim });
        }
        Dictionary<(ClusterId, NodeId?), ResourceAmount> before = Free(world);
        PlacementPlan plan = world.Plan();
        World after = world.Apply(plan, leftoversStay: true);
        Assert.Equal(plan.Bindings.Select(World.Text), after.Plan().Bindings.Select(World.Text));
        foreach (((ClusterId, NodeId?) place, ResourceAmount free) in Free(after))
            Assert.True(free.Cpu.Value >= Math.Min(0, before[place].Cpu.Value), $"{place} is overcommitted");
        foreach (Binding binding in plan.Bindings)
        {
            PlannedWorkload w = world.Workloads.Single(x => x.Key == binding.Workload);
            foreach (BindingShare share in binding.Shares.Where(share => share.Replicas > PlainRules.Share(world, w, share.Cluster, share.Node)))
                Assert.True(PlainRules.Open(world, w, share.Cluster, share.Node), $"{w.Key} grows on {share.Cluster}/{share.Node}");
        }
    }, cases: 1000);

    [Fact]
    public void Rebalance_InputInAnotherOrder_GivesTheSame() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        world = world.Apply(world.Plan());
        World shuffled = RandomWorlds.Shuffled(world, seed.Number);
        Assert.Equal(
            PlacementPlanner.Rebalance(world.Desired, world.Observed).Select(b => $"{World.Text(b.Binding)} {b.Why}"),
            PlacementPlanner.Rebalance(shuffled.Desired, shuffled.Observed).Select(b => $"{World.Text(b.Binding)} {b.Why}"));
    }, cases: 300);

    private static Dictionary<(ClusterId, NodeId?), ResourceAmount> Free(World world) =>
        PlacementPlanner.Capacity(world.Desired, world.Observed).ToDictionary(c => (c.Cluster, c.Node), c => c.Free);
}
