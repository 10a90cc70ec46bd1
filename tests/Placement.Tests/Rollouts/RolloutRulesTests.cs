using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using Federation.Placement.Rollouts;

namespace Federation.Placement.Tests.Rollouts;

/// <summary>What makes a revision on trial fail, and what proves it.</summary>
public class RolloutRulesTests
{
    private static readonly WorkloadKey Key = WorkloadKey.Parse("acme/default/web");
    private static readonly TemplateRevision Old = new("old"), New = new("new");

    [Fact]
    public void Judge_NewReplicaFailsItsAnswers_SaysHowManyOfHowManyAndWhere()
    {
        RolloutJudgement judgement = RolloutRules.Judge(Input(seconds: 3.2, Traffic("new-a", 15, 14, "answered 500"), Traffic("old-b", 100, 0)));
        Assert.Equal("14 of 15 requests answered 500 on a/n1 within 4 s", judgement.Failure);
    }

    [Theory]
    [InlineData(10, 2, false)]
    [InlineData(10, 3, true)]
    [InlineData(30, 3, false)]
    [InlineData(31, 4, true)]
    public void Judge_ShareOfFailures_CountsFromThreeOnAndAboveTheLimit(long requests, long failed, bool fails) =>
        Assert.Equal(fails, RolloutRules.Judge(Input(1, Traffic("new-a", requests, failed, "answered 503"))).Failure is not null);

    [Fact]
    public void Judge_OlderReplicasFailAsMuch_IsNotTheNewTemplatesFault()
    {
        RolloutJudgement judgement = RolloutRules.Judge(Input(1, Traffic("new-a", 20, 10, "answered 502"), Traffic("old-b", 100, 45, "answered 502")));
        Assert.Null(judgement.Failure);
    }

    [Fact]
    public void Judge_ReplicaEndsAgainAndAgain_Fails()
    {
        RolloutInput input = Input(0);
        input = input with { Targets = [Target("a", (New, ReplicaState.BackOff))], ReadyFor = new Dictionary<AssignmentId, TimeSpan>() };
        ReplicaObservation crashing = input.Targets[0].Replicas[0] with { Restarts = 1, LastEnd = "exit code 3" };
        Assert.Null(RolloutRules.Judge(With(input, crashing)).Failure);
        Assert.Equal("a replica on a/n1 ended 3 times: exit code 3", RolloutRules.Judge(With(input, crashing with { Restarts = 2 })).Failure);
    }

    [Fact]
    public void Judge_ReplicaThatIsNotRestarted_FailsAtOnceOrIsProvenByItsEnd()
    {
        RolloutInput input = Input(0);
        input = input with { Targets = [Target("a", (New, ReplicaState.Ended))], ReadyFor = new Dictionary<AssignmentId, TimeSpan>() };
        ReplicaObservation ended = input.Targets[0].Replicas[0] with { LastEnd = "exit code 3", Succeeded = false };
        Assert.Equal("a replica on a/n1 ended and is not restarted: exit code 3", RolloutRules.Judge(With(input, ended)).Failure);
        RolloutJudgement proven = RolloutRules.Judge(With(input, ended with { LastEnd = "exit code 0", Succeeded = true }));
        Assert.Null(proven.Failure);
        Assert.Equal(input.Orders.Single(order => order.Trial).Id, Assert.Single(proven.Proven));
        // An agent that is too old to tell says neither.
        Assert.Null(RolloutRules.Judge(With(input, ended with { Succeeded = null })).Failure);
    }

    [Fact]
    public void Judge_NothingBecomesBetter_FailsAtTheDeadlineWithTheReplicasOwnReason()
    {
        RolloutInput input = Input(0);
        input = input with { Targets = [Target("a", (New, ReplicaState.Starting))], ReadyFor = new Dictionary<AssignmentId, TimeSpan>(), Quiet = TimeSpan.FromSeconds(599.5) };
        RolloutJudgement early = RolloutRules.Judge(input);
        Assert.Equal((null, TimeSpan.FromSeconds(0.5)), (early.Failure, early.LookAgain));
        ReplicaObservation starting = input.Targets[0].Replicas[0] with { Message = "its check answers 500" };
        Assert.Equal(
            "no progress within 600 s; a replica on a/n1 is Starting: its check answers 500",
            RolloutRules.Judge(With(input with { Quiet = TimeSpan.FromSeconds(600) }, starting)).Failure);
    }

    [Fact]
    public void Judge_TenGoodAnswers_ProveTheOrder()
    {
        Assert.Empty(RolloutRules.Judge(Input(1, Traffic("new-a", 9, 0))).Proven);
        Assert.Equal([IdOf("a")], RolloutRules.Judge(Input(1, Traffic("new-a", 10, 0))).Proven);
        // One is proven for itself alone: the answers of another node say nothing of this one.
        Assert.Empty(RolloutRules.Judge(Input(1, Traffic("new-elsewhere", 50, 0))).Proven);
    }

    [Fact]
    public void Judge_NobodyAsks_TimeProvesIt()
    {
        RolloutJudgement early = RolloutRules.Judge(Input(2));
        Assert.Empty(early.Proven);
        Assert.Equal(TimeSpan.FromSeconds(1), early.LookAgain);
        Assert.Equal([IdOf("a")], RolloutRules.Judge(Input(3)).Proven);
    }

    [Fact]
    public void Judge_TooManyOfTooFewFailed_IsWatchedLonger()
    {
        ReplicaTraffic two = Traffic("new-a", 2, 2, "answered 500");
        Assert.Empty(RolloutRules.Judge(Input(29, two)).Proven);
        Assert.Equal([IdOf("a")], RolloutRules.Judge(Input(30, two)).Proven);
    }

    [Fact]
    public void Judge_ProvenElsewhereAndNobodyAsks_NeedsNoSecondWait()
    {
        RolloutInput input = Input(0.1);
        input = input with { Orders = [.. input.Orders, Order("b") with { Trial = false }] };
        Assert.Equal([IdOf("a")], RolloutRules.Judge(input).Proven);
        Assert.Empty(RolloutRules.Judge(input with { Traffic = [Traffic("old-b", 5, 0)] }).Proven);
    }

    [Fact]
    public void Judge_NotReadyYet_IsNotProvenBySilence() =>
        Assert.Empty(RolloutRules.Judge(Input(0) with { ReadyFor = new Dictionary<AssignmentId, TimeSpan>() }).Proven);

    private static RolloutInput Input(double seconds, params ReplicaTraffic[] traffic) => new()
    {
        Update = new UpdateStrategy(),
        Revision = New,
        Orders = [Order("a")],
        Targets = [Target("a", (New, ReplicaState.Ready), (Old, ReplicaState.Ready)), Target("b", (Old, ReplicaState.Ready))],
        Traffic = traffic,
        ReadyFor = new Dictionary<AssignmentId, TimeSpan> { [IdOf("a")] = TimeSpan.FromSeconds(seconds) },
        Quiet = TimeSpan.Zero,
    };

    private static RolloutInput With(RolloutInput input, ReplicaObservation replica) =>
        input with { Targets = [input.Targets[0] with { Replicas = [replica] }] };

    private static AssignmentId IdOf(string cluster) => DispatchRules.IdOf("u", new(cluster), new NodeId("n1"));

    private static Assignment Order(string cluster) => PlainOrder.Of(Key, "u", new(new(cluster), new("n1")), 1) with { Generation = 2, Revision = New, Trial = true };

    private static TargetView Target(string cluster, params (TemplateRevision Revision, ReplicaState State)[] replicas) => new()
    {
        Cluster = new(cluster),
        Node = new NodeId("n1"),
        Replicas = [.. replicas.Select(replica => new ReplicaObservation
        {
            Id = new($"{replica.Revision}-{cluster}"),
            Assignment = IdOf(cluster),
            Workload = Key,
            Cluster = new(cluster),
            Node = new NodeId("n1"),
            Revision = replica.Revision,
            State = replica.State,
        })],
    };

    private static ReplicaTraffic Traffic(string replica, long requests, long failed, string? failure = null) => new()
    {
        Replica = new(replica),
        Workload = Key,
        Trial = New,
        ByGateway = new Dictionary<string, TrafficCount> { ["g"] = new(requests, failed, failure) },
    };
}
