using Federation.Domain.Identifiers;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;

namespace Federation.Placement.Tests.Rollouts;

/// <summary>Whole rollouts, over many seeds: the limits hold at every step, and the end is reached.</summary>
public class RolloutProperties
{
    private const int Seeds = 300;
    private static readonly RolloutVersion Before = new(1, RolloutWorld.Old, new WorkloadTemplate());

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    public void RollOut_GoodRevision_ReachesAllWithinItsLimits(int surge, int unavailable)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var world = new RolloutWorld(seed, new UpdateStrategy { MaxSurge = surge, MaxUnavailable = unavailable }, ("a", 3), ("b", 1), ("c", 2));
            RunWithin(world, surge, unavailable);
            Assert.Equal((6, 0), (world.Of(RolloutWorld.New), world.Of(RolloutWorld.Old)));
            Assert.True(world.Last.RolledOut, $"seed {seed} does not know that it is done");
            Assert.All(world.Orders, order => Assert.Equal((0, 0, false), (order.Surge, order.MayBeUnavailable, order.Trial)));
        }
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(0, 1, 1)]
    public void RollOut_RevisionThatIsNeverProven_StopsAtTheSurgeAndLeavesTheOldOnes(int surge, int unavailable, int mostNew)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var world = new RolloutWorld(seed, new UpdateStrategy { MaxSurge = surge, MaxUnavailable = unavailable }, ("a", 3), ("b", 2)) { NewIsGood = false };
            RunWithin(world, surge, unavailable);
            Assert.InRange(world.Of(RolloutWorld.New), 1, mostNew);
            Assert.True(world.Of(RolloutWorld.Old) >= 5 - unavailable, $"seed {seed} gave up {5 - world.Of(RolloutWorld.Old)} of 5 for what was not proven");
            Assert.False(world.Last.RolledOut);

            // It is undone: the old revision is handed out, and takes the surge back.
            int steps = 0;
            while (world.Step(RolloutWorld.Old, null) && ++steps < 500)
                Assert.InRange(world.Of(RolloutWorld.Old), 5 - Math.Max(unavailable, surge == 0 ? 1 : 0), 5);
            Assert.Equal((5, 0), (world.Of(RolloutWorld.Old), world.Of(RolloutWorld.New)));
        }
    }

    [Fact]
    public void RollOut_WithAnOrderOfClusters_BeginsEachWhenTheOneBeforeIsDone()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var world = new RolloutWorld(seed, new UpdateStrategy(), ("a", 2), ("b", 1), ("c", 2))
            {
                Ranks = new Dictionary<ClusterId, int> { [new("c")] = 0, [new("a")] = 1, [new("b")] = 2 },
            };
            RunWithin(world, 1, 0);
            Assert.Equal(["c", "a", "b"], world.Begun);
        }
    }

    [Fact]
    public void RollOut_InThePauseBetweenClusters_FinishesTheOneAndBeginsNoOther()
    {
        var world = new RolloutWorld(7, new UpdateStrategy(), ("a", 2), ("b", 2)) { Ranks = new Dictionary<ClusterId, int> { [new("a")] = 0, [new("b")] = 1 } };
        do Assert.True(world.Step(RolloutWorld.New, Before));
        while (!world.Last.ClustersDone.Contains(new ClusterId("a")));
        world.BetweenClusters = true;
        while (world.Step(RolloutWorld.New, Before)) { }
        Assert.Equal(["a"], world.Begun);
        world.BetweenClusters = false;
        while (world.Step(RolloutWorld.New, Before)) { }
        Assert.Equal(4, world.Of(RolloutWorld.New));
    }

    [Fact]
    public void RollOut_Paused_HandsNothingOut()
    {
        var world = new RolloutWorld(7, new UpdateStrategy(), ("a", 2), ("b", 2)) { Paused = true };
        while (world.Step(RolloutWorld.New, Before)) { }
        Assert.Equal(0, world.Of(RolloutWorld.New));
        world.Paused = false;
        while (world.Step(RolloutWorld.New, Before)) { }
        Assert.Equal(4, world.Of(RolloutWorld.New));
    }

    private static void RunWithin(RolloutWorld world, int surge, int unavailable)
    {
        int mayBeMissing = Math.Max(unavailable, surge == 0 ? 1 : 0);
        int steps = 0;
        while (world.Step(RolloutWorld.New, Before))
        {
            Assert.True(++steps < 2000, "it does not end");
            Assert.InRange(world.Running, world.Desired - mayBeMissing, world.Desired + surge);
            Assert.InRange(world.Orders.Sum(order => order.Replicas + order.Surge), 0, world.Desired + surge);
            Assert.InRange(world.Of(RolloutWorld.Old) + world.Of(RolloutWorld.New), world.Desired - mayBeMissing, world.Desired + surge);
        }
    }
}
