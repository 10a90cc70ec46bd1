using Federation.Domain.Quantities;
using Federation.Scheduling.Tests.Worlds;

namespace Federation.Scheduling.Tests;

/// <summary>What has run to its end needs no place, and is not lost with the one where it ended.</summary>
public sealed class CompletedTests
{
    [Fact]
    public void Compute_CompletedWorkloadsClusterIsLost_StaysWhereItEnded() =>
        Assert.Equal("eu/n1=1", Completed(new World().Cluster("eu").Cluster("us")).Lose("eu", leaseEnded: true).Place("job"));

    [Fact]
    public void Compute_CompletedWorkload_HoldsNothing()
    {
        World world = Completed(new World().Cluster("eu", cpu: 1000)).Workload("web");
        Assert.Equal("eu/n1=1", world.Place("web"));
        Assert.Equal(new CpuMillis(1000), PlacementPlanner.Capacity(world.Desired, world.Observed)[0].Free.Cpu);
        Assert.Contains("it has run to its end, and holds nothing", PlacementPlanner.Explain(world.Desired, world.Observed, World.Key("job"))!.Notes);
    }

    [Fact]
    public void Compute_CompletedWorkloadsClusterIsDrained_LeavesItForNoOther() =>
        Assert.Equal("", Completed(new World().Cluster("eu").Cluster("us")).Change("eu", spec => spec with { Draining = true }).Place("job"));

    private static World Completed(World world)
    {
        world.Workload("job").Assign("job", "eu", "n1", 1, observed: 0).Change("job", w => w with { Completed = true });
        world.Assignments[0] = world.Assignments[0] with { Completed = true };
        return world;
    }
}
