using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Health.Observations;

namespace Federation.Health.Tests;

public class ObservationBookTests
{
    private static readonly NodeKey N1 = NodeKey.Parse("a/n1");
    private static readonly NodeKey N2 = NodeKey.Parse("a/n2");

    private readonly ObservationBook _book = new();

    [Fact]
    public void Apply_FullSet_ListsWhatIsNewAndWhatIsGone()
    {
        _book.Apply(N1, Full(1, "r1", "r2"), TimeSpan.Zero);
        var applied = Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(1, "r2", "r3"), TimeSpan.Zero));
        Assert.Null(applied.Node);
        Assert.Equal(["r3"], applied.Upserts.Select(replica => replica.Id.Value));
        Assert.Equal(["r1"], applied.Removals.Select(id => id.Value));
    }

    [Fact]
    public void Apply_SameFullSetAgain_ChangesNothing()
    {
        _book.Apply(N1, Full(1, "r1", "r2"), TimeSpan.Zero);
        var applied = Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(1, "r1", "r2"), TimeSpan.Zero));
        Assert.Null(applied.Node);
        Assert.Empty(applied.Upserts);
        Assert.Empty(applied.Removals);
    }

    [Fact]
    public void Apply_PartialFullSet_IsRefusedAndNothingIsDeleted()
    {
        _book.Apply(N1, Full(1, "r1", "r2"), TimeSpan.Zero);
        FullSet partial = Full(2, "r1", "r2") with { Replicas = [Replica(N1, "r1")] };
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, partial, TimeSpan.Zero));
        Assert.Equal(2, _book.Replicas(N1).Count);
    }

    [Fact]
    public void Apply_EmptyFullSetWithTheDigestOfAnother_IsRefusedAndNothingIsDeleted()
    {
        _book.Apply(N1, Full(1, "r1"), TimeSpan.Zero);
        FullSet emptied = Full(2, "r1") with { Count = 0, Replicas = [] };
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, emptied, TimeSpan.Zero));
        Assert.Single(_book.Replicas(N1));
    }

    [Fact]
    public void Apply_FullSetThatListsAReplicaTwice_IsRefused()
    {
        FullSet doubled = Full(1, "r1", "r1");
        Assert.Contains("twice", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, doubled, TimeSpan.Zero)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_DeltaAfterAGap_AsksForAFullSetAndKeepsRefusingUntilItCame()
    {
        _book.Apply(N1, Full(1, "r1"), TimeSpan.Zero);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, new Delta(2, null, [Replica(N1, "r2")], [])));
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(4, null, [], [new ReplicaId("r1")])));
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(3, null, [], [new ReplicaId("r1")])));
        Assert.Equal(2, _book.Replicas(N1).Count);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(9, "r2"), TimeSpan.Zero));
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, new Delta(10, null, [], [new ReplicaId("r2")])));
        Assert.Empty(_book.Replicas(N1));
    }

    [Fact]
    public void Apply_DeltaDoubled_AsksForAFullSet()
    {
        _book.Apply(N1, Full(1, "r1"), TimeSpan.Zero);
        var delta = new Delta(2, null, [Replica(N1, "r2")], []);
        _book.Apply(N1, delta);
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, delta));
    }

    [Theory]
    [InlineData(0)] // it does not tell
    [InlineData(2)]
    public void NoteSent_NewestReportThatCame_IsNull(long sent)
    {
        _book.Apply(N1, Full(2, "r1"), TimeSpan.Zero);
        Assert.Null(_book.NoteSent(N1, sent));
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, new Delta(3, null, [], [new ReplicaId("r1")])));
    }

    [Fact]
    public void NoteSent_NewestReportThatWasLost_AsksForAFullSetOnceAsNewsAndTakesNothingElse()
    {
        _book.Apply(N1, Full(2, "r1"), TimeSpan.Zero);
        ObservationOutcome.FullSetNeeded lost = _book.NoteSent(N1, 3)!;
        Assert.Equal(("report 3 was sent, and 2 came last: there is a gap", false), (lost.Reason, lost.Follows));
        Assert.True(_book.NoteSent(N1, 3)!.Follows);
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(3, null, [], [new ReplicaId("r1")])));
        Assert.Single(_book.Replicas(N1));
        _book.Apply(N1, Full(4, "r2"), TimeSpan.Zero);
        Assert.Null(_book.NoteSent(N1, 4));
    }

    [Fact]
    public void NoteSent_FullSetOfANewStreamThatWasLost_AsksForOne()
    {
        _book.Apply(N1, Full(2, "r1"), TimeSpan.Zero);
        _book.StreamBegan(N1);
        Assert.NotNull(_book.NoteSent(N1, 3));
    }

    [Fact]
    public void NoteSent_NodeThatIsNotKnownOrForgotten_IsNull()
    {
        Assert.Null(_book.NoteSent(N1, 3));
        _book.Apply(N1, Full(2, "r1"), TimeSpan.Zero);
        _book.Forget(N1);
        Assert.Null(_book.NoteSent(N1, 3));
    }

    [Fact]
    public void StreamBegan_DeltaBeforeItsFullSet_IsRefused()
    {
        _book.Apply(N1, Full(1, "r1"), TimeSpan.Zero);
        _book.StreamBegan(N1);
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(2, null, [], [new ReplicaId("r1")])));
        Assert.Single(_book.Replicas(N1));
    }

    [Fact]
    public void Apply_ReportOfAnotherNode_IsRefused()
    {
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N2, Full(1, "r1"), TimeSpan.Zero));
        _book.Apply(N2, Full(N2, 1, "r9"), TimeSpan.Zero);
        var stolen = new FullSet("i", 1, NodeOf(N1), 1, ObservationDigest.Compute([new ReplicaId("r9")]), [Replica(N1, "r9")]);
        Assert.Contains("belongs to node a/n2", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, stolen, TimeSpan.Zero)).Reason, StringComparison.Ordinal);
        Assert.Single(_book.Replicas(N2));
    }

    [Fact]
    public void Apply_FullSetThatIsOlderThanTheStreamsNewest_IsStaleAndRefused()
    {
        _book.Apply(N1, Full(5, "r1", "r2"), TimeSpan.Zero);
        Assert.Contains("stale", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, Full(4, "r1"), TimeSpan.Zero)).Reason, StringComparison.Ordinal);
        Assert.Equal(2, _book.Replicas(N1).Count);
        _book.StreamBegan(N1);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(1, "r1"), TimeSpan.Zero));
    }

    [Fact]
    public void Apply_OldFullSetOnALaterConnection_IsStaleAndRefused()
    {
        _book.Apply(N1, Spanning(Full(1, "r1")), TimeSpan.Zero);
        _book.Apply(N1, new Delta(2, null, [Replica(N1, "r2")], []));
        _book.StreamBegan(N1);
        Assert.Contains("stale", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, Spanning(Full(1, "r1")), TimeSpan.Zero)).Reason, StringComparison.Ordinal);
        Assert.Equal(2, _book.Replicas(N1).Count);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Spanning(Full(3, "r2")), TimeSpan.Zero));
    }

    [Fact]
    public void Apply_FullSetOfAnAgentProcessThatAnotherFollowed_IsStaleUnlessItLivesOn()
    {
        FullSet last = Spanning(Full(4, "r1")), next = Spanning(Full(1, "r1", "r2")) with { AgentInstance = "next" };
        _book.Apply(N1, last, TimeSpan.Zero);
        _book.StreamBegan(N1);
        _book.Apply(N1, next, TimeSpan.Zero);
        Assert.Contains("stale", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, last, TimeSpan.Zero)).Reason, StringComparison.Ordinal);
        _book.StreamBegan(N1);
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, last, TimeSpan.Zero));
        Assert.Equal(2, _book.Replicas(N1).Count);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Spanning(Full(5, "r1")), TimeSpan.Zero));
    }

    [Fact]
    public void Apply_UnheardSetOfAnEarlierAgentProcessOnTheConnectionOfALaterOne_IsStaleAndRefused()
    {
        FullSet heard = Spanning(Full(4, "r1")), unheard = Spanning(Full(5, "r1")), next = Spanning(Full(1, "r1", "r2")) with { AgentInstance = "next" };
        _book.Apply(N1, heard, TimeSpan.Zero);
        _book.StreamBegan(N1);
        _book.Apply(N1, next, TimeSpan.Zero);
        Assert.Contains("stale", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, unheard, TimeSpan.Zero)).Reason, StringComparison.Ordinal);
        // So it is on a later connection of the same process.
        _book.StreamBegan(N1);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, next with { Sequence = 2 }, TimeSpan.Zero));
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, unheard, TimeSpan.Zero));
        Assert.Equal(2, _book.Replicas(N1).Count);
    }

    [Fact]
    public void Apply_UnheardSetOfAnEarlierAgentProcessThatComesFirst_DoesNotKeepTheLaterOneFromBeingHeard()
    {
        FullSet unheard = Spanning(Full(5, "r1")), next = Spanning(Full(1, "r1", "r2")) with { AgentInstance = "next" };
        _book.Apply(N1, Spanning(Full(4, "r1")), TimeSpan.Zero);
        _book.StreamBegan(N1);
        _book.Apply(N1, unheard, TimeSpan.Zero);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, next, TimeSpan.Zero));
        _book.StreamBegan(N1);
        _book.Apply(N1, unheard with { Sequence = 6 }, TimeSpan.Zero);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, next with { Sequence = 2 }, TimeSpan.Zero));
        Assert.Equal(2, _book.Replicas(N1).Count);
    }

    [Fact]
    public void Forget_NodeOfAClusterThatIsRegisteredAgain_HearsWhatIsNewAndNothingThatIsOld()
    {
        FullSet old = Spanning(Full(4, "r1"));
        _book.Apply(N1, old, TimeSpan.Zero);
        _book.Apply(N1, Spanning(Full(5, "r1", "r2")), TimeSpan.Zero);
        Assert.Equal(["r1", "r2"], _book.Forget(N1).Select(id => id.Value));
        Assert.Null(_book.Node(N1));
        Assert.Empty(_book.AllReplicas());
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(6, null, [Replica(N1, "r3")], [])));

        _book.StreamBegan(N1);
        Assert.Contains("stale", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, old, TimeSpan.Zero)).Reason, StringComparison.Ordinal);
        Assert.Empty(_book.AllReplicas());
        var applied = Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Spanning(Full(6, "r1", "r2")), TimeSpan.Zero));
        Assert.NotNull(applied.Node);
        Assert.Equal(["r1", "r2"], applied.Upserts.Select(replica => replica.Id.Value));
        // A replica of a node that is forgotten may be another's.
        _book.Forget(N1);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N2, Full(N2, 1, "r1"), TimeSpan.Zero));
    }

    [Fact]
    public void Forget_AgentThatBeginsEachConnectionAtOne_IsHeardAgain()
    {
        _book.Apply(N1, Full(7, "r1"), TimeSpan.Zero);
        _book.Forget(N1);
        _book.StreamBegan(N1);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(1, "r1"), TimeSpan.Zero));
    }

    [Fact]
    public void Apply_AgentThatBeginsEachConnectionAtOne_IsHeardOnEach()
    {
        _book.Apply(N1, Full(7, "r1"), TimeSpan.Zero);
        _book.StreamBegan(N1);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(1, "r1", "r2"), TimeSpan.Zero));
    }

    [Fact]
    public void Apply_EmptySetWhereReplicasRan_IsNotBelievedUntilItsSenderInsists()
    {
        _book.Apply(N1, Booted(Full(1, "r1", "r2"), "boot-1"), TimeSpan.Zero);
        string reason = Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, Booted(Full(2), "boot-1"), TimeSpan.FromSeconds(1))).Reason;
        Assert.Contains("2 replicas ran there", reason, StringComparison.Ordinal);
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, Booted(Full(3), "boot-1"), TimeSpan.FromSeconds(3.9)));
        Assert.Equal(2, _book.Replicas(N1).Count);
        var believed = Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Booted(Full(4), "boot-1"), TimeSpan.FromSeconds(4)));
        Assert.Contains("insists", believed.Odd, StringComparison.Ordinal);
        Assert.Empty(_book.Replicas(N1));
    }

    [Fact]
    public void Apply_EmptySetThenTheTruth_KeepsWhatRuns()
    {
        _book.Apply(N1, Booted(Full(1, "r1"), "boot-1"), TimeSpan.Zero);
        _book.Apply(N1, Booted(Full(2), "boot-1"), TimeSpan.FromSeconds(1));
        Assert.Null(Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Booted(Full(3, "r1"), "boot-1"), TimeSpan.FromSeconds(2))).Odd);
        // The doubt is over: a later one begins anew.
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, Booted(Full(4), "boot-1"), TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public void Apply_EmptySetAfterABoot_IsBelievedAtOnce()
    {
        _book.Apply(N1, Booted(Full(1, "r1"), "boot-1"), TimeSpan.Zero);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Booted(Full(2), "boot-2"), TimeSpan.FromSeconds(1)));
        Assert.Empty(_book.Replicas(N1));
    }

    internal static ReplicaObservation Replica(NodeKey node, string id) => new()
    {
        Id = new ReplicaId(id),
        Assignment = new AssignmentId("as1"),
        Workload = WorkloadKey.Parse("default/default/web"),
        Cluster = node.Cluster,
        Node = node.Node,
        Revision = new TemplateRevision("rev1"),
        State = ReplicaState.Ready,
        Ports = [new ReplicaPort("http", 4000, PortProtocol.Http)],
    };

    private static FullSet Booted(FullSet set, string boot) => set with { Node = set.Node with { BootId = boot } };

    private static FullSet Spanning(FullSet set) => set with { SpansConnections = true };

    private static FullSet Full(long sequence, params string[] ids) => Full(N1, sequence, ids);

    private static FullSet Full(NodeKey node, long sequence, params string[] ids) => new(
        "i", sequence, NodeOf(node), ids.Length, ObservationDigest.Compute(ids.Select(id => new ReplicaId(id))), [.. ids.Select(id => Replica(node, id))]);

    private static NodeObservation NodeOf(NodeKey node) => new()
    {
        Cluster = node.Cluster,
        Node = node.Node,
        Allocatable = new ResourceAmount(),
        Capabilities = ["process"],
    };
}
