using Federation.Contracts.Api;
using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Placement.Moving;
using Federation.Scheduling;

namespace Federation.Placement.Tests.Moving;

/// <summary>A wish for another place is planned first, and refused with the planner's reason.</summary>
public sealed class MovePlanTests
{
    private static readonly WorkloadKey Key = WorkloadKey.Parse("acme/shop/web");

    [Fact]
    public void Compute_All_PinsAllAndSaysWhatMoves()
    {
        var possible = Assert.IsType<MovePlan.Possible>(Plan(new MoveRequest("us"), ("eu", 3)));
        Assert.Equal([new ClusterPin { Cluster = "us" }], possible.Pins);
        Assert.Equal([new MoveView("acme/shop/web", "eu", "us", 3)], possible.Moves);
    }

    [Fact]
    public void Compute_SomeFromOneCluster_PinsTheirNumbersThere()
    {
        var possible = Assert.IsType<MovePlan.Possible>(Plan(new MoveRequest("us", "eu", 1), ("eu", 2), ("us", 1)));
        Assert.Equal([new ClusterPin { Cluster = "us", AtLeast = 2 }, new ClusterPin { Cluster = "eu", AtMost = 1 }], possible.Pins);
        Assert.Equal([new MoveView("acme/shop/web", "eu", "us", 1)], possible.Moves);
    }

    [Fact]
    public void Compute_ThereAlready_MovesNothingAndIsKept() =>
        Assert.Empty(Assert.IsType<MovePlan.Possible>(Plan(new MoveRequest("eu"), ("eu", 3))).Moves);

    [Theory]
    [InlineData("small", null, "cluster small could take 1 of 3")]
    [InlineData("cordoned", null, "by the rule cordon: cluster cordoned is cordoned")]
    [InlineData("nowhere", null, "there is no cluster nowhere")]
    [InlineData("us", "small", "has 0 replicas in cluster small")]
    public void Compute_PlaceThatCannotBe_IsRefusedWithTheReason(string to, string? from, string reason)
    {
        var refused = Assert.IsType<MovePlan.Refused>(Plan(new MoveRequest(to, from), ("eu", 3)));
        Assert.Contains(reason, refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_PolicyThatDividesByWeights_IsToldToChangeThese()
    {
        var weighted = new PlacementPolicySpec { Division = new DivisionRule { Strategy = DivisionStrategy.Weighted, Weights = [new ClusterWeight { Term = new LabelTerm { Key = "federation/cluster", Values = ["eu"] } }] } };
        var refused = Assert.IsType<MovePlan.Refused>(Plan(new MoveRequest("us"), workload => workload with { Policy = weighted }, ("eu", 3)));
        Assert.Contains("weights", refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_WorkloadWithAVolume_IsRefusedByItsVolume()
    {
        var volume = new Volume
        {
            Metadata = new ResourceMetadata { Name = "data", Namespace = "shop", Tenant = new("acme") },
            Status = new VolumeStatus { HomeCluster = new("eu"), HomeNode = new NodeId("n1") },
        };
        PlannedWorkload WithVolume(PlannedWorkload workload) => workload with
        {
            Volumes = [volume],
            Spec = workload.Spec with { Template = workload.Spec.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] } },
        };
        var refused = Assert.IsType<MovePlan.Refused>(Plan(new MoveRequest("us"), WithVolume, ("eu", 3)));
        Assert.Contains("volume data of Workload web binds it to eu", refused.Problem.Detail, StringComparison.Ordinal);
    }

    private static MovePlan Plan(MoveRequest request, params (string Cluster, int Replicas)[] present) => Plan(request, static workload => workload, present);

    private static MovePlan Plan(MoveRequest request, Func<PlannedWorkload, PlannedWorkload> change, params (string Cluster, int Replicas)[] present)
    {
        PlannedWorkload workload = change(new PlannedWorkload
        {
            Key = Key,
            Uid = "u",
            Generation = 1,
            Policy = new PlacementPolicySpec(),
            Spec = new WorkloadSpec
            {
                Replicas = 3,
                Template = new WorkloadTemplate { Process = new ProcessTemplate { Command = "serve" }, Resources = new ResourceRequirements { Cpu = new(1000) } },
            },
        });
        (string Name, int Cpu)[] clusters = [("cordoned", 9000), ("eu", 4000), ("small", 1000), ("us", 4000)];
        var desired = new DesiredState
        {
            Workloads = [workload],
            Clusters = [.. clusters.Select(cluster => new Cluster { Metadata = new ResourceMetadata { Name = cluster.Name }, Spec = new ClusterSpec { Cordoned = cluster.Name == "cordoned" } })],
        };
        var observed = new ObservedState
        {
            Nodes = [.. clusters.Select(cluster => new NodeObservation
            {
                Cluster = new(cluster.Name),
                Node = new NodeId("n1"),
                Allocatable = new(new CpuMillis(cluster.Cpu), new MemoryBytes(1L << 30)),
                Capabilities = [Capability.Process, Capability.Volumes],
            })],
            Verdicts = [.. clusters.Select(cluster => new Verdict { Cluster = new(cluster.Name), Node = new NodeId("n1"), State = VerdictState.Ready, Revision = 1, Reason = "test" })],
            Assignments = [.. present.Select(share => new Domain.Assignments.Assignment
            {
                Id = new($"u.{share.Cluster}.n1"),
                Workload = Key,
                WorkloadUid = "u",
                Cluster = new(share.Cluster),
                Node = new NodeId("n1"),
                Replicas = share.Replicas,
                Generation = 1,
                Revision = new("r"),
                Template = workload.Spec.Template,
            })],
            Replicas = [],
            TolerationsEnded = new HashSet<ToleratedLoss>(),
        };
        var binding = new Binding
        {
            Workload = Key,
            WorkloadUid = "u",
            Generation = 1,
            Shares = [.. present.Select(share => new BindingShare(new(share.Cluster), new NodeId("n1"), share.Replicas))],
        };
        return MovePlan.Compute(desired, observed, workload, binding, request);
    }
}
