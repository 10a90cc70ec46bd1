using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Placement.Moving;
using Federation.Scheduling;
using Federation.TestKit.Time;

namespace Federation.Placement.Tests.Moving;

/// <summary>What had to leave a lost cluster returns where its policy says so, after a quiet time, in a move.</summary>
public sealed class FailbackRulesTests
{
    private static readonly WorkloadKey Key = WorkloadKey.Parse("acme/shop/web");
    private static readonly Displacement Away = new(Key, "uid", [new LostHome(new("eu"), 2)]);

    [Fact]
    public void Displaced_LossThatIsNoLongerTolerated_IsWrittenDownByItsCluster()
    {
        PlannedWorkload web = Web(Failback.Automatic);
        ObservedState lost = Observed([Order("eu", 2), Order("us", 1)], lost: "eu", new ToleratedLoss(Key, new("eu"), null));
        Displacement one = Assert.Single(FailbackRules.Displaced(Desired(web), lost, PlacementPlanner.Compute(Desired(web), lost), _ => Bound(("eu", 2), ("us", 1)), _ => null));
        Assert.Equal([new LostHome(new("eu"), 2)], one.Homes);
        Assert.Empty(FailbackRules.Displaced(Desired(Web(Failback.Never)), lost, PlacementPlanner.Compute(Desired(web), lost), _ => Bound(("eu", 2), ("us", 1)), _ => null));
    }

    [Fact]
    public void Displaced_SecondLoss_IsAddedAndTheFirstKept()
    {
        PlannedWorkload web = Web(Failback.Automatic);
        ObservedState lost = Observed([Order("us", 3)], lost: "us", new ToleratedLoss(Key, new("us"), new NodeId("n1")));
        Displacement one = Assert.Single(FailbackRules.Displaced(Desired(web), lost, PlacementPlanner.Compute(Desired(web), lost), _ => Bound(("us", 3)), _ => Away));
        Assert.Equal([new LostHome(new("eu"), 2), new LostHome(new("us"), 3)], one.Homes);
    }

    [Theory]
    [InlineData(Failback.Automatic, 299, 0, 1.0)]
    [InlineData(Failback.Automatic, 300, 1, null)]
    [InlineData(Failback.Automatic, null, 0, null)]
    [InlineData(Failback.Manual, 900, 0, null)]
    public void Step_HomeIsBack_ReturnsAfterTheQuietTimeAlone(Failback failback, int? steadySeconds, int returns, double? nextSeconds)
    {
        FailbackStep step = Step(Web(failback), steadySeconds, [Order("us", 3)]);
        Assert.Equal(returns, step.Returns.Count);
        Assert.Equal(nextSeconds, step.Next?.TotalSeconds);
        Assert.Empty(step.Ended);
        if (returns == 0) return;
        Assert.Equal([new BindingShare(new("eu"), new NodeId("n1"), 2), new BindingShare(new("us"), new NodeId("n1"), 1)], step.Returns[0].Shares);
    }

    [Fact]
    public void Step_HomeWithoutRoom_WaitsForIt()
    {
        PlannedWorkload web = Web(Failback.Automatic);
        Assignment other = Order("eu", 4) with { Id = new("other.eu.n1"), WorkloadUid = "other", Workload = WorkloadKey.Parse("acme/shop/other") };
        Assert.Empty(Step(web, 900, [Order("us", 3), other]).Returns);
    }

    [Fact]
    public void Step_HomeAgainOrPolicyChanged_Ends()
    {
        Assert.Equal([Key], Step(Web(Failback.Automatic), 900, [Order("eu", 2), Order("us", 1)]).Ended);
        Assert.Equal([Key], Step(Web(Failback.Never), 900, [Order("us", 3)]).Ended);
        Assert.Equal([Key], Step(Web(Failback.Automatic) with { Uid = "another" }, 900, [Order("us", 3)]).Ended);
    }

    [Fact]
    public void Step_OnTheWay_AsksForNothingMore() =>
        Assert.Empty(Step(Web(Failback.Automatic), 900, [Order("us", 3)], onTheWay: true).Returns);

    [Fact]
    public void SteadyClusters_EveryBreak_BeginsAnew()
    {
        var time = new VirtualTime();
        var steady = new SteadyClusters(time);
        steady.Observe([Judged("eu", null), Judged("eu", "n1"), Judged("eu", "n2", VerdictState.Unreachable)]);
        time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.FromSeconds(100), steady.For(new("eu")));
        // Another node that comes back may go again, and with it what returned to it.
        steady.Observe([Judged("eu", null), Judged("eu", "n1"), Judged("eu", "n2")]);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), steady.For(new("eu")));
        steady.Observe([Judged("eu", null, VerdictState.Suspect), Judged("eu", "n1"), Judged("eu", "n2")]);
        Assert.Null(steady.For(new("eu")));
        Assert.Null(steady.For(new("us")));
    }

    private static FailbackStep Step(PlannedWorkload web, int? steadySeconds, Assignment[] orders, bool onTheWay = false)
    {
        ObservedState observed = Observed(orders);
        return FailbackRules.Step(Desired(web), observed, PlacementPlanner.Compute(Desired(web), observed), [Away], _ => onTheWay,
            _ => steadySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    private static DesiredState Desired(PlannedWorkload web) => new()
    {
        Clusters = [.. ((string[])["eu", "us"]).Select(static name => new Cluster { Metadata = new ResourceMetadata { Name = name }, Spec = new ClusterSpec() })],
        Workloads = [web],
    };

    private static ObservedState Observed(Assignment[] orders, string? lost = null, params ToleratedLoss[] ended) => new()
    {
        Nodes = [.. ((string[])["eu", "us"]).Select(static name => new NodeObservation
        {
            Cluster = new(name), Node = new("n1"), Allocatable = new(new CpuMillis(4000), new MemoryBytes(1L << 30)), Capabilities = [Capability.Process],
        })],
        Verdicts = [.. ((string[])["eu", "us"]).Select(name => Judged(name, "n1", name == lost ? VerdictState.NotReady : VerdictState.Ready))],
        Assignments = orders,
        Replicas = [],
        TolerationsEnded = ended.ToHashSet(),
    };

    private static Verdict Judged(string cluster, string? node, VerdictState state = VerdictState.Ready) =>
        new() { Cluster = new(cluster), Node = node is null ? null : new NodeId(node), State = state, Revision = 1, Reason = "test" };

    private static Binding Bound(params (string Cluster, int Replicas)[] shares) => new()
    {
        Workload = Key,
        WorkloadUid = "uid",
        Generation = 1,
        Shares = [.. shares.Select(static share => new BindingShare(new(share.Cluster), new NodeId("n1"), share.Replicas))],
    };

    private static PlannedWorkload Web(Failback failback) => new()
    {
        Key = Key,
        Uid = "uid",
        Generation = 1,
        Spec = new WorkloadSpec { Replicas = 3, Template = Template },
        Policy = new PlacementPolicySpec { Failover = new FailoverRule { Failback = failback } },
    };

    private static readonly WorkloadTemplate Template = new()
    {
        Process = new ProcessTemplate { Command = "serve" },
        Resources = new ResourceRequirements { Cpu = new(1000), Memory = new(1 << 20) },
    };

    private static Assignment Order(string cluster, int replicas) => PlainOrder.Of(Key, "uid", new(new(cluster), new("n1")), replicas) with { Template = Template };
}
