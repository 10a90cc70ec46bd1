using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Liveness;
using Federation.Health.Verdicts;
using Federation.Health.Witnesses;
using Federation.TestKit.Time;

namespace Federation.Health.Tests;

public class WitnessTests
{
    private static readonly DateTimeOffset Wall = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly VerdictBook _book = new(VerdictLimits.Default, 0);

    [Fact]
    public void Review_BothNodesBreakBehindUplinksOfTheirOwn_TheClusterIsLostByAgreementAndItsNodesWithIt()
    {
        Declare(("a", Domain("up-1", "n1"), Domain("up-2", "n2")), ("b", Domain("up-3", "n1")));
        Report(0, "a/n1", "a/n2", "b/n1");
        Break(0.5, "a/n1", "a/n2");
        _book.Heard(Node("b/n1"), At(1));
        Assert.Equal(VerdictState.Suspect, StateAt("a", 1));
        Assert.Equal(VerdictState.NotReady, StateAt("a", 1.5));
        Assert.Equal(VerdictState.NotReady, _book.Verdicts["a/n1"].State);
        Assert.Contains("2 independent witnesses agree", _book.Verdicts["a"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Review_BothNodesBreakBehindWhatIsNotDeclared_CountOnceAndAreUnreachable()
    {
        Declare(("a", null, null), ("b", null, null));
        Report(0, "a/n1", "a/n2", "b/n1");
        Break(0.5, "a/n1", "a/n2");
        _book.Heard(Node("b/n1"), At(2));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 2));
        Assert.Contains("one witness alone", _book.Verdicts["a/n1"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Review_TwoUplinksThatShareAHost_CountOnce()
    {
        Declare(("a", Domain("up-1", "n1"), Domain("up-2", "n2"), Domain("host", "n1", "n2")), ("b", null, null));
        Report(0, "a/n1", "a/n2", "b/n1");
        Break(0.5, "a/n1", "a/n2");
        _book.Heard(Node("b/n1"), At(2));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 2));
    }

    [Fact]
    public void Review_SilenceOnTwoUplinks_IsSuspectWithinThreeSecondsAndAgreedOnOnlyWhenNoRetransmissionWouldBringItBack()
    {
        Declare(("a", Domain("up-1", "n1"), Domain("up-2", "n2")), ("b", null, null));
        Report(0, "a/n1", "a/n2", "b/n1");
        Keep("b/n1", 0, 9);
        Assert.Equal(VerdictState.Suspect, StateAt("a", 3.01));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 7.9));
        Assert.Equal(VerdictState.NotReady, StateAt("a", 8));
    }

    [Fact]
    public void Review_KeepaliveHangsUpOnASilentNode_ItCountsAsTheSilenceAndNotAsABreak()
    {
        Declare(("a", Domain("up-1", "n1"), Domain("up-2", "n2")), ("b", null, null));
        Report(0, "a/n1", "a/n2", "b/n1");
        Keep("b/n1", 0, 7);
        Break(3.1, "a/n1", "a/n2");
        Assert.Equal(VerdictState.Suspect, StateAt("a", 5.9));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 6.5));
        // Five seconds of lost packets are over, and what was sent again has arrived.
        Report(6.8, "a/n1", "a/n2");
        Assert.Equal(VerdictState.Ready, StateAt("a", 6.8));
    }

    [Fact]
    public void Review_AGatewayStillReachesANode_NobodyAgreesUntilItsWordIsOld()
    {
        Declare(("a", Domain("up-1", "n1"), Domain("up-2", "n2")), ("b", null, null));
        Report(0, "a/n1", "a/n2", "b/n1");
        Break(0.5, "a/n1", "a/n2");
        _book.GatewaySaid("g", Ways("a/n2", "b/n1"), At(1.4));
        _book.Heard(Node("b/n1"), At(1.5));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 1.5));
        Assert.Contains("tunnel of a/n2 still sees it", _book.Verdicts["a/n2"].Reason, StringComparison.Ordinal);
        Assert.Equal(At(2.9), _book.Review(At(1.5), Wall).NextReview);
        Assert.Equal(VerdictState.NotReady, StateAt("a", 2.9));
    }

    [Fact]
    public void Review_NoTunnelThoughTheAgentReports_IsSuspectAfterPatienceAndNeverLost()
    {
        Report(0, "a/n1", "b/n1");
        _book.GatewaySaid("g", Ways("b/n1"), At(0));
        for (int second = 1; second <= 60; second++)
        {
            Keep("a/n1", second - 1, second);
            Keep("b/n1", second - 1, second);
            _book.GatewaySaid("g", Ways("b/n1"), At(second));
            Assert.Equal(second < 5 ? VerdictState.Ready : VerdictState.Suspect, StateAt("a/n1", second));
        }
        Assert.Contains("no gateway has one", _book.Verdicts["a/n1"].Reason, StringComparison.Ordinal);
        _book.GatewaySaid("g", Ways("a/n1", "b/n1"), At(60.5));
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 60.5));
    }

    [Fact]
    public void Review_GatewayThatReachesHardlyAnybody_IsNotBelieved()
    {
        Report(0, "a/n1", "b/n1", "c/n1");
        for (int second = 0; second <= 10; second++)
        {
            foreach (string node in new[] { "a/n1", "b/n1", "c/n1" }) _book.Heard(Node(node), At(second));
            _book.GatewaySaid("g", Ways("c/n1"), At(second));
        }
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 10));
    }

    [Fact]
    public void Review_ManagementApiDoesNotAnswer_TheClusterIsSuspectAndWithItsAgentLostByAgreement()
    {
        Declare(("a", Domain("up-1", "n1"), new FailureDomain { Name = "up-2", Management = true }), ("b", null, null));
        Report(0, "a/n1", "b/n1");
        for (double second = 0; second <= 6; second++)
        {
            _book.Heard(Node("a/n1"), At(second));
            _book.Heard(Node("b/n1"), At(second));
            _book.ManagementSaid(new ClusterId("a"), lost: true, "connection refused", At(second));
        }
        Assert.Equal(VerdictState.Suspect, StateAt("a", 6));
        Assert.Contains("management API of a", _book.Verdicts["a"].Reason, StringComparison.Ordinal);
        Assert.Equal(VerdictState.Ready, _book.Verdicts["a/n1"].State);
        Break(6.5, "a/n1");
        _book.ManagementSaid(new ClusterId("a"), lost: true, "connection refused", At(7));
        Keep("b/n1", 6, 8);
        Assert.Equal(VerdictState.NotReady, StateAt("a", 7.5));
    }

    [Fact]
    public void Review_ManagementApiStaysSilent_TheClusterIsUnreachableThoughItsAgentReports_UntilItAnswers()
    {
        Declare(("a", null, null), ("b", null, null));
        Report(0, "a/n1", "b/n1");
        for (double second = 0; second <= 12; second++)
        {
            _book.Heard(Node("a/n1"), At(second));
            _book.Heard(Node("b/n1"), At(second));
            _book.ManagementSaid(new ClusterId("a"), lost: second < 12, "connection refused", At(second));
            Assert.Equal(second switch { < 5 or 12 => VerdictState.Ready, < 8 => VerdictState.Suspect, _ => VerdictState.Unreachable }, StateAt("a", second));
            // Its replicas may answer: gateways go on asking them.
            Assert.Equal(VerdictState.Ready, _book.Verdicts["a/n1"].State);
        }
    }

    [Fact]
    public void Review_ManagementApiAnswersThoughTheAgentIsGone_NobodyAgrees()
    {
        Declare(("a", Domain("up-1", "n1"), new FailureDomain { Name = "up-2", Management = true }), ("b", null, null));
        Report(0, "a/n1", "b/n1");
        Break(0.5, "a/n1");
        _book.ManagementSaid(new ClusterId("a"), lost: false, "", At(1));
        _book.Heard(Node("b/n1"), At(1));
        Assert.Equal(VerdictState.Unreachable, StateAt("a", 2));
    }

    [Theory]
    [InlineData(true, false, VerdictState.Cordoned)]
    [InlineData(true, true, VerdictState.Draining)]
    [InlineData(false, false, VerdictState.Ready)]
    public void Review_DeclaredState_ShowsWhereContactIsAndGivesWayToALoss(bool cordoned, bool draining, VerdictState expected)
    {
        _book.Declare(new Dictionary<ClusterId, ClusterSpec> { [new ClusterId("a")] = new() { Cordoned = cordoned, Draining = draining } });
        Report(0, "a/n1");
        Assert.Equal(expected, StateAt("a", 0));
        Assert.True(_book.Verdicts["a"].State.IsInContact());
        Break(0.5, "a/n1");
        Assert.Equal(VerdictState.Suspect, StateAt("a", 0.5));
    }

    [Theory]
    [InlineData(true, false, VerdictState.Cordoned, "declared cordoned; in contact")]
    [InlineData(true, true, VerdictState.Draining, "declared draining; in contact")]
    public void Review_NodeThatIsDeclared_IsJudgedSoWithReasonAndTime(bool cordoned, bool draining, VerdictState expected, string reason)
    {
        Report(0, "a/n1", "a/n2");
        Assert.Equal(VerdictState.Ready, StateAt("a/n1", 0));
        _book.Declare(new Dictionary<ClusterId, ClusterSpec> { [new ClusterId("a")] = new() { Nodes = [new NodeSetting { Name = "n1", Cordoned = cordoned, Draining = draining }] } });
        DateTimeOffset declaredAt = Wall.AddMinutes(5);
        VerdictReview review = _book.Review(At(0), declaredAt);
        Assert.Equal(["a/n1"], review.Changes.Select(static change => change.Key));
        Assert.Equal((expected, reason, declaredAt), (_book.Verdicts["a/n1"].State, _book.Verdicts["a/n1"].Reason, _book.Verdicts["a/n1"].Since));
        Assert.Equal((VerdictState.Ready, "2 of 2 nodes ready"), (_book.Verdicts["a"].State, _book.Verdicts["a"].Reason));
        Assert.Equal(VerdictState.Ready, _book.Verdicts["a/n2"].State);
        Break(0.5, "a/n1");
        Assert.Equal(VerdictState.Suspect, StateAt("a/n1", 0.5));
    }

    [Fact]
    public void Review_HealthStoodStillAndEverybodyHungUp_NobodyIsLostUntilTheyCouldBeBack()
    {
        string[] nodes = ["a/n1", "a/n2", "b/n1"];
        Declare(("a", Domain("up-1", "n1"), Domain("up-2", "n2")), ("b", null, null));
        Report(0, nodes);
        _book.Ticked(At(0.2));
        _book.Review(At(0.2), Wall);
        _book.Ticked(At(30));
        VerdictReview woken = _book.Review(At(30), Wall);
        Assert.Equal(29.8, woken.StoodStill!.Value.TotalSeconds, 3);
        Assert.DoesNotContain(woken.Changes, change => change.After!.State.IsDoubtful());
        Break(30.01, nodes);
        for (double at = 30.25; at < 38; at += 0.25)
        {
            _book.Ticked(At(at));
            _book.Review(At(at), Wall);
            Assert.DoesNotContain(_book.Verdicts.Values, verdict => verdict.State.IsLost());
        }
        Report(37, nodes);
        Assert.All(nodes, node => Assert.Equal(VerdictState.Ready, StateAt(node, 38)));
    }

    [Fact]
    public void Review_ShortPausesOfHealth_AreNoSilenceOfTheNodesButAnEarnestSilenceStillShows()
    {
        Report(0, "a/n1");
        TimeSpan at = TimeSpan.Zero;
        bool wasSuspect = false;
        // A machine that gives Health no second in a row: what it did not watch it does not count, and what it watched it does.
        for (int i = 0; i < 40 && !wasSuspect; i++)
        {
            _book.Ticked(at);
            at += TimeSpan.FromMilliseconds(i % 2 == 0 ? 250 : 1000);
            _book.Ticked(at);
            _book.Review(at, Wall);
            wasSuspect = _book.Verdicts["a/n1"].State == VerdictState.Suspect;
            Assert.True(!wasSuspect || at > At(6), $"suspect at {at}");
        }
        Assert.True(wasSuspect);
    }

    [Fact]
    public void Review_WitnessesThatChange_AreToldOnceEach()
    {
        Report(0, "a/n1");
        _book.GatewaySaid("g", Ways("a/n1"), At(0));
        Assert.Empty(_book.Review(At(0), Wall).Witnesses);
        Break(0.5, "a/n1");
        WitnessChange lost = Assert.Single(_book.Review(At(0.5), Wall).Witnesses);
        Assert.Equal((WitnessKind.Agent, true), (lost.Testimony.Kind, lost.Testimony.Lost));
        Assert.Empty(_book.Review(At(0.6), Wall).Witnesses);
        Report(1, "a/n1");
        Assert.False(Assert.Single(_book.Review(At(1), Wall).Witnesses).Testimony.Lost);
    }

    /// <summary>Over random topologies: agreement needs two groups that share nothing, whatever the order in which witnesses are listed, and one that sees something forbids it.</summary>
    [Fact]
    public void Judge_RandomTestimonies_CountsWhatSharesNothing()
    {
        for (ulong seed = 1; seed <= 500; seed++)
        {
            var chance = new SeededChance(seed);
            Testimony[] all = [.. Enumerable.Range(0, 1 + chance.Next(7)).Select(i => Random(chance, i))];
            Agreement agreement = AgreementRule.Judge(all, At(10));
            Agreement backwards = AgreementRule.Judge([.. all.Reverse()], At(10));
            Assert.Equal((agreement.Independent, agreement.Lost, agreement.Reached), (backwards.Independent, backwards.Lost, backwards.Reached));
            bool someoneSees = all.Any(testimony => !testimony.Lost);
            Assert.False(agreement.Reached && someoneSees, $"seed {seed}");
            // Two that share nothing with any other, both certain: that is agreement, if nobody contradicts.
            int alone = all.Count(one => one is { Lost: true } && one.CertainAt <= At(10) && all.All(other => ReferenceEquals(one, other) || !other.Shares.Intersect(one.Shares).Any()));
            Assert.True(agreement.Lost >= alone, $"seed {seed}");
            if (all.All(one => one.Shares.Contains("s0"))) Assert.Equal(1, agreement.Independent);
            // One more witness that shares with all of them makes them one.
            Testimony hub = new(WitnessKind.Agent, "hub", true, At(0), "lost", [.. all.SelectMany(one => one.Shares)]);
            Assert.Equal(1, AgreementRule.Judge([.. all, hub], At(10)).Independent);
            Assert.False(AgreementRule.Judge([.. all, hub], At(10)).Reached);
        }
    }

    private static Testimony Random(SeededChance chance, int i) => new(
        WitnessKind.Agent, $"w{i}", chance.Next(4) > 0, At(chance.Next(20)), "says", [$"own{i}", .. chance.Next(2) == 0 ? new[] { $"s{chance.Next(3)}" } : []]);

    private static FailureDomain Domain(string name, params string[] nodes) => new() { Name = name, Nodes = nodes };

    private static Dictionary<NodeKey, GatewayWay> Ways(params string[] nodes) => nodes.ToDictionary(Node, _ => new GatewayWay(TimeSpan.Zero, null));

    private static NodeKey Node(string text) => NodeKey.Parse(text);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Declare(params (string Cluster, FailureDomain? First, FailureDomain? Second)[] clusters) =>
        _book.Declare(clusters.ToDictionary(entry => new ClusterId(entry.Cluster), entry => Spec(entry.First, entry.Second)));

    private void Declare((string Cluster, FailureDomain First, FailureDomain Second, FailureDomain Third) one, (string Cluster, FailureDomain? First, FailureDomain? Second) other) =>
        _book.Declare(new Dictionary<ClusterId, ClusterSpec> { [new ClusterId(one.Cluster)] = Spec(one.First, one.Second, one.Third), [new ClusterId(other.Cluster)] = Spec(other.First, other.Second) });

    private void Declare((string Cluster, FailureDomain First, FailureDomain Second) one, (string Cluster, FailureDomain First) other) =>
        _book.Declare(new Dictionary<ClusterId, ClusterSpec> { [new ClusterId(one.Cluster)] = Spec(one.First, one.Second), [new ClusterId(other.Cluster)] = Spec(other.First) });

    private static ClusterSpec Spec(params FailureDomain?[] domains) => new() { FailureDomains = [.. domains.OfType<FailureDomain>()] };

    private void Report(double seconds, params string[] nodes)
    {
        foreach (string node in nodes) _book.Reported(Node(node), At(seconds));
    }

    private void Break(double seconds, params string[] nodes)
    {
        foreach (string node in nodes) _book.StreamEnded(Node(node), At(seconds), "its connection broke");
    }

    private void Keep(string node, double from, double to)
    {
        for (double at = from; at <= to; at += 0.5) _book.Heard(Node(node), At(at));
    }

    private VerdictState StateAt(string key, double seconds)
    {
        _book.Review(At(seconds), Wall);
        return _book.Verdicts[key].State;
    }
}
