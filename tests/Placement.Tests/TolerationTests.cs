using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Placement.Planning;
using Federation.Scheduling;
using Federation.TestKit.Time;

namespace Federation.Placement.Tests;

/// <summary>When and how fast work leaves what is lost.</summary>
public class TolerationTests
{
    private readonly VirtualTime _time = new();
    private readonly TolerationClock _clock;

    public TolerationTests() => _clock = new TolerationClock(_time);

    [Theory]
    [InlineData(null, true, 0)]
    [InlineData(null, false, 30)]
    [InlineData(0, false, 0)]
    [InlineData(120, true, 120)]
    [InlineData(120, false, 120)]
    public void Tolerated_WrittenDownOrNot_IsAsWrittenElseByAgreement(int? written, bool agreed, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), PlanInputs.Tolerated(new FailoverRule { TolerationSeconds = written }, agreed));

    [Fact]
    public void Observe_UnreachableThenAgreedOn_CountsFromTheFirst()
    {
        _clock.Observe([Lost("a", VerdictState.Unreachable)]);
        _time.Advance(TimeSpan.FromSeconds(5));
        _clock.Observe([Lost("a", VerdictState.NotReady)]);
        TargetLoss loss = Assert.Single(_clock.Lost());
        Assert.True(loss.Agreed);
        Assert.Equal(TimeSpan.FromSeconds(5), loss.For);
        _clock.Observe([Lost("a", VerdictState.Suspect)]);
        Assert.Empty(_clock.Lost());
    }

    [Theory]
    [InlineData(0, 0, 4, null)]
    [InlineData(1, 4, 4, null)] // one cluster of two, however large its share
    [InlineData(1, 8, 10, null)]
    [InlineData(2, 4, 10, null)] // several, and not the most
    [InlineData(2, 6, 10, 10.0)]
    [InlineData(3, 10, 10, 0.0)]
    public void Of_ShareLost_IsSlowOnlyWhereMostIsLostInSeveralClusters(int clusters, int lost, int known, double? perSecond)
    {
        List<Verdict> verdicts = [];
        for (int i = 0; i < lost; i++) verdicts.Add(Lost($"lost{i % Math.Max(1, clusters)}", VerdictState.NotReady, $"n{i}"));
        for (int i = lost; i < known; i++) verdicts.Add(Lost("whole", VerdictState.Ready, $"n{i}"));
        if (clusters == 1 && lost == known) verdicts.Add(Lost("whole", VerdictState.Ready, "last"));
        Assert.Equal(perSecond, EvictionPace.Of(verdicts, 100).PerSecond);
    }

    [Fact]
    public void Of_FewWorkloads_LetsOneLeaveInASecondAtLeast() => Assert.Equal(1, EvictionPace.Of(
        [Lost("a", VerdictState.Unreachable, "n1"), Lost("b", VerdictState.NotReady, "n1"), Lost("c", VerdictState.Ready, "n1")], 3).PerSecond);

    [Fact]
    public void Release_Slowly_LetsTheMostUrgentGoFirstAndTheRestInTheirTurn()
    {
        _clock.Observe([Lost("a", VerdictState.NotReady)]);
        DueLoss[] due = [Due("w1"), Due("w2"), Due("w3"), Due("w4")];
        var pace = new EvictionPace(2, 6, 10);
        Release first = _clock.Release(due, pace);
        Assert.Equal(["w1", "w2"], first.Fresh.Select(entry => entry.Loss.Workload.Name));
        Assert.Equal(2, first.Waiting);
        Assert.Equal(TimeSpan.FromSeconds(0.5), first.Next);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(["w3"], _clock.Release(due, pace).Fresh.Select(entry => entry.Loss.Workload.Name));
        // What has left stays gone, though the pace is another.
        Release frozen = _clock.Release(due, pace with { PerSecond = 0 });
        Assert.Empty(frozen.Fresh);
        Assert.Equal(3, frozen.Released.Count);
        Assert.Equal(["w4"], _clock.Release(due, pace with { PerSecond = null }).Fresh.Select(entry => entry.Loss.Workload.Name));
    }

    [Fact]
    public void Release_NothingToMove_CostsNothing()
    {
        _clock.Observe([Lost("a", VerdictState.NotReady)]);
        DueLoss[] due = [Due("w1") with { Moves = false }, Due("w2") with { Moves = false }, Due("w3")];
        Assert.Equal(3, _clock.Release(due, new EvictionPace(1, 6, 10)).Fresh.Count);
    }

    [Fact]
    public void Release_TargetReturns_TheNextLossIsToleratedAnew()
    {
        _clock.Observe([Lost("a", VerdictState.NotReady)]);
        Assert.Single(_clock.Release([Due("w1")], new EvictionPace(null, 1, 4)).Released);
        _clock.Observe([]);
        Assert.Empty(_clock.Release([], new EvictionPace(null, 0, 4)).Released);
    }

    private static DueLoss Due(string workload) => new(new ToleratedLoss(WorkloadKey.Parse($"acme/default/{workload}"), new ClusterId("a"), null), 0, Moves: true, "it is lost");

    private static Verdict Lost(string cluster, VerdictState state, string? node = null) => new()
    {
        Cluster = new ClusterId(cluster),
        Node = node is null ? null : new NodeId(node),
        State = state,
        Revision = 1,
        Reason = "test",
    };
}
