using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Liveness;
using Federation.Health.Verdicts;

namespace Federation.Health.Tests;

public class VerdictBookTests
{
    private static readonly DateTimeOffset Wall = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly VerdictBook _book = new(VerdictLimits.Default, 1000);

    [Fact]
    public void Review_NodeThatHasNotReported_IsUnknownUntilItIsMissed()
    {
        _book.Know(Node("a/n1"));
        Assert.Equal(VerdictState.Unknown, StateAt("a/n1", 0));
        Assert.Equal(VerdictState.Unknown, StateAt("a/n1", 32.9));
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 33));
        Assert.Equal(VerdictState.Unreachable, StateAt("a/n1", 36));
        Assert.Contains("has not reported since Health started", _book.Verdicts["a/n1"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Review_StreamBroke_SuspectAtOnceAndUnreachableAfterOneSecond()
    {
        Report("a/n1", 1);
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 1));
        _book.StreamEnded(Node("a/n1"), At(2), "its connection broke");
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 2));
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 2.999));
        Assert.Equal(VerdictState.Unreachable, StateAt("a/n1", 3));
        Report("a/n1", 4);
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 4));
    }

    [Fact]
    public void Review_Silence_SuspectAfterThreeSecondsAndUnreachableAfterThreeMore()
    {
        Report("a/n1", 0);
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 3));
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 3.001));
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 5.9));
        Assert.Equal(VerdictState.Unreachable, StateAt("a/n1", 6));
        _book.Heard(Node("a/n1"), At(7));
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 7));
    }

    [Fact]
    public void Review_ItsOwnDeadlines_NameEveryMomentAtWhichAVerdictChanges()
    {
        Report("a/n1", 0);
        _book.Granted(Node("a/n1"), At(0));
        Report("a/n2", 0);
        _book.StreamEnded(Node("a/n2"), At(0.5), "its connection broke");
        var seen = new List<string>();
        TimeSpan? next = TimeSpan.Zero;
        while (next is { } now)
        {
            VerdictReview review = _book.Review(now, Wall);
            seen.AddRange(review.Changes.Where(change => change.Node is not null).Select(change => $"{now.TotalSeconds:0.0} {change.Key} {change.After!.State} {change.After.LeaseEnded}"));
            Assert.True(review.NextReview is null || review.NextReview > now);
            next = review.NextReview;
        }
        Assert.Equal(
            [
                "0.0 a/n1 Ready False", "0.0 a/n2 Suspect False", "1.5 a/n2 Unreachable False", "3.0 a/n1 Suspect False", "6.0 a/n1 Unreachable False",
                "32.0 a/n1 Unreachable True", "32.0 a/n2 Unreachable True",
            ], seen);
    }

    [Fact]
    public void Review_LeaseEnded_OnlyAfterTheLastGrantsLeaseAndMargin()
    {
        Report("a/n1", 0);
        _book.Granted(Node("a/n1"), At(20));
        _book.StreamEnded(Node("a/n1"), At(20), "its connection broke");
        Assert.False(LeaseEndedAt("a/n1", 52));
        Assert.True(LeaseEndedAt("a/n1", 52.001));
        Report("a/n1", 60);
        _book.Granted(Node("a/n1"), At(60));
        Assert.False(LeaseEndedAt("a/n1", 60));
    }

    [Fact]
    public void Review_HealthRestarted_LeaseOfBeforeMayStillHold()
    {
        _book.Know(Node("a/n1"));
        Assert.False(LeaseEndedAt("a/n1", 32));
        Assert.True(LeaseEndedAt("a/n1", 32.001));
    }

    [Fact]
    public void Review_NodeFlappedThreeTimes_NeedsTenSecondsOfSteadyContact()
    {
        for (int i = 0; i < 3; i++)
        {
            Report("a/n1", i * 2);
            _book.StreamEnded(Node("a/n1"), At((i * 2) + 1), "its connection broke");
        }
        Report("a/n1", 6);
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 6));
        Assert.Contains("flapping", _book.Verdicts["a/n1"].Reason, StringComparison.Ordinal);
        for (int second = 7; second < 16; second++) _book.Heard(Node("a/n1"), At(second));
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 15.9));
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 16));
    }

    [Fact]
    public void Review_NodeThatHungUpOnAHealthThatStoodStill_HasNotFlapped()
    {
        for (int i = 0; i < 4; i++)
        {
            _book.Ticked(At((i * 10) + 0.1));
            Report("a/n1", (i * 10) + 0.1);
            // Awake again after five seconds, it finds the connection ended.
            _book.Ticked(At((i * 10) + 5.1));
            _book.StreamEnded(Node("a/n1"), At((i * 10) + 5.1), "its connection broke");
            for (double second = 5.3; second < 10; second += 0.2) _book.Ticked(At((i * 10) + second));
        }
        _book.Ticked(At(40));
        Report("a/n1", 40);
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 40));
    }

    [Fact]
    public void Review_TwoFlaps_ReadyAtOnce()
    {
        for (int i = 0; i < 2; i++)
        {
            Report("a/n1", i * 2);
            _book.StreamEnded(Node("a/n1"), At((i * 2) + 1), "its connection broke");
        }
        Report("a/n1", 4);
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 4));
    }

    [Fact]
    public void Review_OneOfTwoNodesLost_ClusterStaysReady()
    {
        Report("a/n1", 0);
        Report("a/n2", 0);
        _book.StreamEnded(Node("a/n1"), At(1), "its connection broke");
        _book.Heard(Node("a/n2"), At(3));
        Assert.Equal(VerdictState.Unreachable, StateAt("a/n1", 3));
        Assert.Equal(VerdictState.Ready, StateAt("a", 3));
        _book.StreamEnded(Node("a/n2"), At(4), "its connection broke");
        Assert.Equal(VerdictState.Suspect, StateAt("a", 4));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 5));
    }

    [Fact]
    public void Review_OneOfThreeClustersLost_IsNotFrozen()
    {
        foreach (string node in new[] { "a/n1", "a/n2", "b/n1", "c/n1" }) Report(node, 0);
        _book.StreamEnded(Node("a/n1"), At(1), "its connection broke");
        _book.StreamEnded(Node("a/n2"), At(1), "its connection broke");
        _book.Heard(Node("b/n1"), At(2));
        _book.Heard(Node("c/n1"), At(2));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 2));
    }

    [Fact]
    public void Review_TwoOfThreeClustersVanishTogether_AreHeldAtSuspectForThirtySeconds()
    {
        foreach (string node in new[] { "a/n1", "b/n1", "c/n1" }) Report(node, 0);
        _book.StreamEnded(Node("a/n1"), At(1), "its connection broke");
        _book.Heard(Node("b/n1"), At(4.5));
        _book.StreamEnded(Node("b/n1"), At(5), "its connection broke");
        _book.Heard(Node("c/n1"), At(6));
        Assert.Equal(VerdictState.Suspect, StateAt("a", 6));
        Assert.Contains("Frozen", _book.Verdicts["a/n1"].Evidence);
        Assert.Contains("Frozen", _book.Verdicts["b/n1"].Reason, StringComparison.Ordinal);
        for (int second = 7; second <= 35; second++) _book.Heard(Node("c/n1"), At(second));
        Assert.Equal(VerdictState.Suspect, StateAt("b", 34.9));
        Assert.Equal(VerdictState.Unreachable, StateAt("b", 35));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 35));
        Assert.Equal(VerdictState.Ready, StateAt("c", 35));
    }

    [Fact]
    public void Review_FrozenClustersPartlyReturn_TheRestIsJudgedAtOnce()
    {
        foreach (string node in new[] { "a/n1", "b/n1", "c/n1" }) Report(node, 0);
        _book.StreamEnded(Node("a/n1"), At(1), "its connection broke");
        _book.StreamEnded(Node("b/n1"), At(1), "its connection broke");
        _book.Heard(Node("c/n1"), At(3));
        Assert.Equal(VerdictState.Suspect, StateAt("a", 3));
        Report("b/n1", 4);
        _book.Heard(Node("c/n1"), At(4));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 4));
    }

    [Fact]
    public void Review_TwoOfThreeClustersLostFarApart_AreNotFrozen()
    {
        foreach (string node in new[] { "a/n1", "b/n1", "c/n1" }) Report(node, 0);
        _book.StreamEnded(Node("a/n1"), At(1), "its connection broke");
        for (int second = 1; second < 9; second++) _book.Heard(Node("b/n1"), At(second));
        for (int second = 1; second < 9; second++) _book.Heard(Node("c/n1"), At(second));
        _book.StreamEnded(Node("b/n1"), At(8), "its connection broke");
        _book.Heard(Node("c/n1"), At(9));
        Assert.Equal(VerdictState.Unreachable, StateAt("b", 9));
    }

    [Fact]
    public void Review_BothOfTwoClustersVanish_AreFrozenButOneOfTwoIsNot()
    {
        Report("a/n1", 0);
        Report("b/n1", 0);
        _book.StreamEnded(Node("a/n1"), At(1), "its connection broke");
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 2));
        _book.Heard(Node("b/n1"), At(2.4));
        _book.StreamEnded(Node("b/n1"), At(2.5), "its connection broke");
        Assert.Equal(VerdictState.Suspect, StateAt("b", 4));
    }

    [Fact]
    public void Review_NothingChanged_GivesNoChangeAndRevisionsRise()
    {
        Report("a/n1", 0);
        VerdictReview first = _book.Review(At(0), Wall);
        Assert.Equal(["a", "a/n1"], first.Changes.Select(change => change.Key));
        Assert.Empty(_book.Review(At(1), Wall).Changes);
        long before = _book.Verdicts["a/n1"].Revision;
        Assert.True(before > 1000);
        _book.StreamEnded(Node("a/n1"), At(2), "its connection broke");
        _book.Review(At(2), Wall);
        Assert.True(_book.Verdicts["a/n1"].Revision > before);
    }

    [Fact]
    public void KeepClusters_ClusterUnregistered_ForgetsItsSilentNodesAndTheirVerdicts()
    {
        Report("a/n1", 0);
        Report("b/n1", 0);
        _book.StreamEnded(Node("a/n1"), At(1), "its connection broke");
        _book.Review(At(1), Wall);
        _book.KeepClusters(new HashSet<ClusterId>());
        VerdictReview review = _book.Review(At(1.1), Wall);
        Assert.Equal(["a", "a/n1"], review.Changes.Where(change => change.After is null).Select(change => change.Key));
        Assert.Contains("b/n1", _book.Verdicts.Keys);
    }

    private static NodeKey Node(string text) => NodeKey.Parse(text);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Report(string node, double seconds) => _book.Reported(Node(node), At(seconds));

    private VerdictState StateAt(string key, double seconds)
    {
        _book.Review(At(seconds), Wall);
        return _book.Verdicts[key].State;
    }

    private bool LeaseEndedAt(string key, double seconds)
    {
        _book.Review(At(seconds), Wall);
        return _book.Verdicts[key].LeaseEnded;
    }
}
