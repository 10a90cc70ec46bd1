using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;
using Federation.Placement.Moving;

namespace Federation.Placement.Tests.Moving;

/// <summary>A relocation ends when everything is there, or cannot come there any more.</summary>
public sealed class RelocationRulesTests
{
    private static readonly WorkloadKey Key = WorkloadKey.Parse("acme/shop/web");
    private static readonly Relocation Wanted = new(Key, "uid", 2, [new(new("us"), new NodeId("n1"), 2)], "us is cheaper than eu");

    [Fact]
    public void HasEnded_OnTheWay_HasNot()
    {
        Assert.False(Ended(Wanted, [Order("eu", 2, AssignmentState.Moving), Order("us", 1)]));
        Assert.False(Ended(Wanted, [Order("eu", 2, AssignmentState.Moving), Order("us", 2)]));
    }

    [Fact]
    public void HasEnded_Arrived_Has() => Assert.True(Ended(Wanted, [Order("us", 2)]));

    [Fact]
    public void HasEnded_DeclaredAnew_Has() => Assert.True(Ended(Wanted with { Generation = 1 }, [Order("eu", 2)]));

    [Theory]
    [InlineData(VerdictState.Suspect, false)]
    [InlineData(VerdictState.Unreachable, true)]
    public void HasEnded_PlaceThatIsLost_Has(VerdictState state, bool ended) => Assert.Equal(ended, Ended(Wanted, [Order("eu", 2)], state));

    [Fact]
    public void HasEnded_PlaceThatWasClosed_Has() => Assert.True(Ended(Wanted, [Order("eu", 2)], us: new ClusterSpec { Nodes = [new NodeSetting { Name = "n1", Cordoned = true }] }));

    private static bool Ended(Relocation relocation, Assignment[] orders, VerdictState state = VerdictState.Ready, ClusterSpec? us = null) => RelocationRules.HasEnded(
        relocation, WorkloadOf(), [.. orders.Select(static order => new PlacedAssignment(order, 1))],
        name => new Cluster { Metadata = new ResourceMetadata { Name = name }, Spec = name == "us" && us is not null ? us : new ClusterSpec() },
        (_, _) => state);

    private static Workload WorkloadOf() => new()
    {
        Metadata = new ResourceMetadata { Name = "web", Namespace = "shop", Tenant = new("acme"), Uid = "uid", Generation = 2 },
        Spec = new WorkloadSpec { Template = new WorkloadTemplate { Image = "web" } },
    };

    private static Assignment Order(string cluster, int replicas, AssignmentState state = AssignmentState.Active) =>
        PlainOrder.Of(Key, "uid", new(new(cluster), new("n1")), replicas) with { Generation = 2, State = state };
}
