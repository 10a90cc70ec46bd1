using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

/// <summary>What must hold of every plan of every world.</summary>
public sealed class PlanProperties
{
    [Fact]
    public void Compute_AnyWorld_NeverOvercommits() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        PlacementPlan plan = world.Plan();
        foreach ((ClusterId cluster, NodeId? node) in PlainRules.Places(world))
        {
            ResourceAmount offered = PlainRules.Offered(world, cluster, node), before = ResourceAmount.Zero, after = ResourceAmount.Zero;
            foreach (string uid in world.Assignments.Select(a => a.WorkloadUid).Concat(world.Workloads.Select(w => w.Uid)).Distinct())
            {
                ResourceAmount inFlight = PlainRules.InFlight(world, uid, cluster, node), planned = ResourceAmount.Zero;
                if (world.Workloads.Find(w => w.Uid == uid) is { } w)
                    planned = w.Spec.Template.Resources!.Reserved * PlainRules.Planned(plan.Bindings.Single(b => b.Workload == w.Key), cluster, node);
                before += inFlight;
                after += new ResourceAmount(new(Math.Max(inFlight.Cpu.Value, planned.Cpu.Value)), new(Math.Max(inFlight.Memory.Value, planned.Memory.Value)));
            }
            Assert.True(after.Cpu.Value <= Math.Max(offered.Cpu.Value, before.Cpu.Value), $"{cluster}/{node}: CPU {after.Cpu} of {offered.Cpu}, {before.Cpu} before");
            Assert.True(after.Memory.Value <= Math.Max(offered.Memory.Value, before.Memory.Value), $"{cluster}/{node}: memory {after.Memory} of {offered.Memory}");
        }
    });

    [Fact]
    public void Compute_AnyWorld_PlacesOrCountsEveryReplicaAndNeverMore() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        foreach (Binding binding in world.Plan().Bindings)
        {
            PlannedWorkload w = world.Workloads.Single(x => x.Key == binding.Workload);
            int desired = PlainRules.DesiredOf(w);
            Assert.All(binding.Shares, share => Assert.True(share.Replicas > 0));
            if (PlainRules.Duplicated(w))
                Assert.All(binding.Shares.GroupBy(s => s.Cluster), group => Assert.True(group.Sum(s => s.Replicas) <= desired));
            else
                Assert.Equal(desired, binding.Shares.Sum(s => s.Replicas) + binding.Unplaced);
        }
    });

    [Fact]
    public void Compute_InputInAnotherOrder_GivesTheSamePlan() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        AssertSame(world.Plan(), RandomWorlds.Shuffled(world, seed.Number).Plan());
    });

    [Fact]
    public void Compute_PlanCarriedOut_GivesTheSamePlan() => WorldSeed.Check(5, 8, CarryOut, cases: 3000);

    // What a limit had left unused, and what was above a pin's most, was looked at anew once the plan had been carried out.
    [Theory]
    [InlineData(1785453631, 5, 6)]
    [InlineData(812127117, 5, 8)]
    [InlineData(1070956260, 5, 3)]
    [InlineData(1483189031, 4, 5)]
    [InlineData(985646777, 5, 1)]
    public void Compute_PlanCarriedOutWhereItOnceChanged_GivesTheSamePlan(int number, int clusters, int workloads) => CarryOut(new WorldSeed(number, clusters, workloads));

    // Whether a volume's workload is stranded changed with the state of an order that had left nothing, or only what was given up.
    [Theory]
    [InlineData(1433862390, 4, 4)]
    [InlineData(307751271, 1, 8)]
    [InlineData(310611121, 2, 8)]
    public void Compute_PlanCarriedOutWithOrdersThatAreNoShare_GivesTheSamePlan(int number, int clusters, int workloads) => CarryOut(new WorldSeed(number, clusters, workloads));

    [Fact]
    public void Compute_PlanCarriedOutFromNothing_GivesTheSamePlan() => WorldSeed.Check(5, 8, CarryOutFromNothing, cases: 2000);

    [Theory]
    [InlineData(409023756, 4, 3)]
    [InlineData(2077378762, 3, 3)]
    [InlineData(1876002774, 5, 3)]
    [InlineData(337672866, 5, 4)]
    [InlineData(1980155484, 5, 1)]
    [InlineData(963151292, 4, 7)]
    [InlineData(1898466831, 5, 8)]
    [InlineData(1691350142, 5, 6)]
    public void Compute_PlanCarriedOutFromNothingWhereItOnceChanged_GivesTheSamePlan(int number, int clusters, int workloads) => CarryOutFromNothing(new WorldSeed(number, clusters, workloads));

    [Fact]
    public void Compute_AnyWorld_AddsOnlyWherePlainRulesAllowAndLeavesWhereTheyDemand() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        foreach (Binding binding in world.Plan().Bindings)
        {
            PlannedWorkload w = world.Workloads.Single(x => x.Key == binding.Workload);
            bool mayBeHeld = w.Spec.Singleton || PlainRules.Bound(w);
            foreach (BindingShare share in binding.Shares)
            {
                bool adds = share.Replicas > PlainRules.Share(world, w, share.Cluster, share.Node);
                Assert.True(!adds || PlainRules.Open(world, w, share.Cluster, share.Node), $"{w.Key} grows on {share.Cluster}/{share.Node}");
                Assert.True(mayBeHeld || !PlainRules.MustLeave(world, w, share.Cluster, share.Node), $"{w.Key} stays on {share.Cluster}/{share.Node}");
            }
        }
    });

    [Fact]
    public void Compute_AnyWorld_KeepsSpreadMaxAndReachesMinWhereItCan() => WorldSeed.Check(5, 1, seed =>
    {
        World world = RandomWorlds.Fresh(seed, healthy: true);
        PlannedWorkload w = world.Workloads[0];
        if (PlainRules.Bound(w) || w.Policy.Spread is not { Count: > 0 } rules) return;
        Binding binding = world.Plan().Bindings[0];
        foreach (SpreadRule rule in rules)
        {
            int used = binding.Shares.Select(s => PlainRules.Label(world, s.Cluster, rule.Label)).Distinct().Count();
            Assert.True(used <= (rule.Max ?? int.MaxValue), $"{used} values of {rule.Label}");
            if (rules.Count > 1 || PlainRules.Duplicated(w)) continue;
            int possible = PlainRules.Places(world)
                .Where(p => PlainRules.Open(world, w, p.Cluster, p.Node) && PlainRules.Offered(world, p.Cluster, p.Node).Fits(w.Spec.Template.Resources!.Reserved) > 0)
                .Select(p => PlainRules.Label(world, p.Cluster, rule.Label)).Distinct().Count();
            int wanted = Math.Min(Math.Min(rule.Min, binding.Shares.Sum(s => s.Replicas)), Math.Min(possible, rule.Max ?? int.MaxValue));
            Assert.True(used >= wanted, $"{used} values of {rule.Label}, {wanted} were possible");
        }
    });

    [Fact]
    public void Compute_AnyWorld_SingletonHasOneHolderAndLeavesItOnlyWhenItsEndIsSure() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        foreach (PlannedWorkload w in world.Workloads.Where(w => w.Spec.Singleton))
        {
            Binding binding = world.Plan().Bindings.Single(b => b.Workload == w.Key);
            Assert.True(binding.Shares.Sum(s => s.Replicas) <= 1);
            foreach (Assignment a in world.Assignments.Where(a => a.WorkloadUid == w.Uid && a.State is (AssignmentState.Active or AssignmentState.Moving) && a.Replicas > 0))
            {
                if (a.WorkloadUid != w.Uid || binding.Shares is not [var share] || (share.Cluster == a.Cluster && share.Node == a.Node)) continue;
                if (PlainRules.Share(world, w, share.Cluster, share.Node) > 0) continue;
                VerdictState verdict = PlainRules.VerdictOf(world, a.Cluster, a.Node);
                bool fenced = verdict is VerdictState.NotReady or VerdictState.Unreachable && world.Verdicts.Exists(v => v.Cluster == a.Cluster && (v.Node == a.Node || a.Node is null) && v.LeaseEnded)
                    && world.Nodes.Exists(n => n.Cluster == a.Cluster && (n.Node == a.Node || a.Node is null) && n.Capabilities.Contains(Capability.Fencing));
                bool inContact = verdict is VerdictState.Ready or VerdictState.Cordoned or VerdictState.Draining;
                bool givenUp = !inContact && PlainRules.ConfirmedLost(world, a.Cluster, a.Node);
                Assert.True(inContact || fenced || givenUp, $"{w.Key} leaves {a.Cluster}/{a.Node}, which is {verdict}");
            }
        }
    });

    [Fact]
    public void Compute_AnyWorld_AVolumesReplicasAreOnlyAtItsHome() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Lived(seed);
        PlacementPlan plan = world.Plan();
        foreach (PlannedWorkload w in world.Workloads.Where(PlainRules.Bound))
        {
            Binding binding = plan.Bindings.Single(b => b.Workload == w.Key);
            List<Domain.Volumes.Volume> homed = [.. w.Volumes.Where(v => !v.Spec.Shared && v.Status?.HomeCluster is not null)];
            // Homes that exclude each other, and a holder that cannot confirm its end, leave what runs where it is.
            if (binding.Stranded is not null) Assert.All(binding.Shares, s => Assert.True(s.Replicas <= PlainRules.Share(world, w, s.Cluster, s.Node)));
            else
            {
                Assert.All(binding.Shares, s => Assert.All(homed, v => Assert.True(v.Status!.HomeCluster == s.Cluster && (v.Status.HomeNode is null || s.Node is null || v.Status.HomeNode == s.Node))));
                Assert.True(binding.Shares.Count <= 1);
            }
        }
    });

    [Fact]
    public void Compute_CapacityAddedForOneWorkload_NeverLeavesMoreUnplaced() => WorldSeed.Check(4, 1, AddCapacity);

    // A pin made a limit leave only the cluster open that had become large enough for one.
    [Fact]
    public void Compute_CapacityAddedToAPinnedCluster_NeverLeavesMoreUnplaced() => AddCapacity(new WorldSeed(1621114800, 2, 1));

    [Fact]
    public void Compute_CapacityAdded_MovesNothingThatRuns() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Fresh(seed);
        world.Workloads.RemoveAll(w => w.Policy.Division.Strategy != DivisionStrategy.Dynamic || w.Policy.Spread is not null || w.Spec.Pins is not null);
        world = world.Apply(world.Plan());
        World larger = world.Copy();
        larger.Cluster("zz-new", nodes: 2, cpu: 9000, labels: "region=eu,zone=z0");
        PlacementPlan plan = larger.Plan();
        foreach (Assignment a in world.Assignments)
            Assert.True(PlainRules.Planned(plan.Bindings.Single(b => b.Workload == a.Workload), a.Cluster, a.Node) >= a.Replicas, $"{a.Id} had {a.Replicas}");
    });

    [Fact]
    public void Compute_OneClusterLost_MovesOnlyWhatItHeld() => WorldSeed.Check(5, 8, seed =>
    {
        World world = RandomWorlds.Fresh(seed);
        world = world.Apply(world.Plan());
        string lost = world.Clusters[seed.Number % world.Clusters.Count].Metadata.Name;
        World after = world.Copy().Lose(lost, leaseEnded: seed.Number % 2 == 0);
        PlacementPlan plan = after.Plan();
        foreach (Assignment a in world.Assignments.Where(a => a.Cluster.Value != lost))
        {
            PlannedWorkload w = world.Workloads.Single(x => x.Key == a.Workload);
            // A spread rule that the loss breaks, and weights over what is left, may ask for further moves.
            if (w.Policy.Spread is { Count: > 0 } || w.Policy.Division.Strategy == DivisionStrategy.Weighted || w.Spec.Pins is not null) continue;
            Assert.True(PlainRules.Planned(plan.Bindings.Single(b => b.Workload == a.Workload), a.Cluster, a.Node) >= a.Replicas, $"{a.Id} had {a.Replicas}");
        }
    });

    [Fact]
    public void Compute_ReplicasRaised_OnlyAdds() => WorldSeed.Check(5, 6, seed =>
    {
        World world = RandomWorlds.Fresh(seed);
        world.Workloads.RemoveAll(w => w.Policy.Division.Strategy == DivisionStrategy.Weighted || w.Policy.Spread is { Count: > 0 } || w.Spec.Pins is not null);
        world = world.Apply(world.Plan());
        World raised = world.Copy();
        foreach (PlannedWorkload w in world.Workloads.Where(w => !w.Spec.Singleton)) raised.Scale(w.Key.Name, w.Spec.Replicas!.Value + 2);
        PlacementPlan plan = raised.Plan();
        foreach (Assignment a in world.Assignments)
            Assert.True(PlainRules.Planned(plan.Bindings.Single(b => b.Workload == a.Workload), a.Cluster, a.Node) >= a.Replicas, $"{a.Id} had {a.Replicas}");
    });

    [Fact]
    public void Compute_PinnedWorkload_HasThereWhatRulesAndRoomAllow() => WorldSeed.Check(5, 1, seed =>
    {
        World world = RandomWorlds.Fresh(seed, healthy: true);
        PlannedWorkload w = world.Workloads[0];
        if (PlainRules.Bound(w) || w.Policy.Division.Strategy != DivisionStrategy.Dynamic || w.Policy.Spread is { Count: > 0 }) return;
        var random = new Random(seed.Number);
        world.Change(w.Key.Name, x => x with { Spec = x.Spec with { Pins = null } });
        world = world.Apply(world.Plan());
        world.Change(w.Key.Name, x => x with { Spec = x.Spec with { Pins = RandomWorlds.PinsOf(random) } });
        w = world.Workloads[0];
        Binding before = world.Copy().Change(w.Key.Name, x => x with { Spec = x.Spec with { Pins = null } }).Plan().Bindings[0], after = world.Plan().Bindings[0];
        Assert.Equal(before.Unplaced, after.Unplaced);
        ClusterPin pin = w.Spec.Pins![0];
        if (w.Spec.Pins.Count > 1) return;
        int room = PlainRules.Places(world).Where(p => p.Cluster.Value == pin.Cluster && PlainRules.Open(world, w, p.Cluster, p.Node))
            .Sum(p => (int)Math.Min(1000, Math.Max(0, PlainRules.Offered(world, p.Cluster, p.Node).Fits(w.Spec.Template.Resources!.Reserved))));
        int placed = after.Shares.Sum(s => s.Replicas);
        int there = after.Shares.Where(s => s.Cluster.Value == pin.Cluster).Sum(s => s.Replicas);
        Assert.True(there >= Math.Min(Math.Min(pin.Least(PlainRules.DesiredOf(w)), placed), room), $"{there} in {pin.Cluster}, {placed} placed, room for {room}");
    });

    private static void CarryOut(WorldSeed seed)
    {
        World world = RandomWorlds.Lived(seed);
        PlacementPlan plan = world.Plan();
        AssertSame(plan, world.Apply(plan, leftoversStay: true).Plan());
    }

    private static void CarryOutFromNothing(WorldSeed seed)
    {
        World world = RandomWorlds.Fresh(seed);
        PlacementPlan plan = world.Plan();
        AssertSame(plan, world.Apply(plan).Plan());
    }

    private static void AddCapacity(WorldSeed seed)
    {
        World world = RandomWorlds.Fresh(seed, healthy: true);
        if (PlainRules.Duplicated(world.Workloads[0])) return;
        int before = world.Plan().Bindings[0].Unplaced;
        World larger = world.Copy();
        int grown = seed.Number % larger.Nodes.Count;
        larger.Nodes[grown] = larger.Nodes[grown] with { Allocatable = larger.Nodes[grown].Allocatable + new ResourceAmount(new(1500), default) };
        Binding after = larger.Plan().Bindings[0];
        Assert.True(after.Unplaced <= before, $"{after.Unplaced} unplaced with more capacity, {before} with less");
    }

    private static string Text(Binding b) => $"{b.Workload}: {World.Text(b)}{(b.Stranded is null ? "" : " stranded")}";

    private static void AssertSame(PlacementPlan expected, PlacementPlan actual) =>
        Assert.Equal(expected.Bindings.Select(Text), actual.Bindings.Select(Text));
}
