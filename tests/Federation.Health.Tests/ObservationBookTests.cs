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
        _book.Apply(N1, Full(1, "r1", "r2"));
        var applied = Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(1, "r2", "r3")));
        Assert.Null(applied.Node);
        Assert.Equal(["r3"], applied.Upserts.Select(replica => replica.Id.Value));
        Assert.Equal(["r1"], applied.Removals.Select(id => id.Value));
    }

    [Fact]
    public void Apply_SameFullSetAgain_ChangesNothing()
    {
        _book.Apply(N1, Full(1, "r1", "r2"));
        var applied = Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(1, "r1", "r2")));
        Assert.Null(applied.Node);
        Assert.Empty(applied.Upserts);
        Assert.Empty(applied.Removals);
    }

    [Fact]
    public void Apply_PartialFullSet_IsRefusedAndNothingIsDeleted()
    {
        _book.Apply(N1, Full(1, "r1", "r2"));
        FullSet partial = Full(2, "r1", "r2") with { Replicas = [Replica(N1, "r1")] };
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, partial));
        Assert.Equal(2, _book.Replicas(N1).Count);
    }

    [Fact]
    public void Apply_EmptyFullSetWithTheDigestOfAnother_IsRefusedAndNothingIsDeleted()
    {
        _book.Apply(N1, Full(1, "r1"));
        FullSet emptied = Full(2, "r1") with { Count = 0, Replicas = [] };
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, emptied));
        Assert.Single(_book.Replicas(N1));
    }

    [Fact]
    public void Apply_FullSetThatListsAReplicaTwice_IsRefused()
    {
        FullSet doubled = Full(1, "r1", "r1");
        Assert.Contains("twice", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, doubled)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_DeltaAfterAGap_AsksForAFullSetAndKeepsRefusingUntilItCame()
    {
        _book.Apply(N1, Full(1, "r1"));
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, new Delta(2, null, [Replica(N1, "r2")], [])));
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(4, null, [], [new ReplicaId("r1")])));
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(3, null, [], [new ReplicaId("r1")])));
        Assert.Equal(2, _book.Replicas(N1).Count);
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, Full(9, "r2")));
        Assert.IsType<ObservationOutcome.Applied>(_book.Apply(N1, new Delta(10, null, [], [new ReplicaId("r2")])));
        Assert.Empty(_book.Replicas(N1));
    }

    [Fact]
    public void Apply_DeltaDoubled_AsksForAFullSet()
    {
        _book.Apply(N1, Full(1, "r1"));
        var delta = new Delta(2, null, [Replica(N1, "r2")], []);
        _book.Apply(N1, delta);
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, delta));
    }

    [Fact]
    public void StreamBegan_DeltaBeforeItsFullSet_IsRefused()
    {
        _book.Apply(N1, Full(1, "r1"));
        _book.StreamBegan(N1);
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, new Delta(2, null, [], [new ReplicaId("r1")])));
        Assert.Single(_book.Replicas(N1));
    }

    [Fact]
    public void Apply_ReportOfAnotherNode_IsRefused()
    {
        Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N2, Full(1, "r1")));
        _book.Apply(N2, Full(N2, 1, "r9"));
        var stolen = new FullSet("i", 1, NodeOf(N1), 1, ObservationDigest.Compute([new ReplicaId("r9")]), [Replica(N1, "r9")]);
        Assert.Contains("belongs to node a/n2", Assert.IsType<ObservationOutcome.FullSetNeeded>(_book.Apply(N1, stolen)).Reason, StringComparison.Ordinal);
        Assert.Single(_book.Replicas(N2));
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
