using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Tests.Reconciling;

public sealed class AssignmentPlanTests
{
    private static readonly TemplateRevision Good = new("good"), Bad = new("bad"), Mended = new("mended");

    [Fact]
    public void Compute_FailedTrialFillsTheSurge_MakesRoomForTheVersionThatMendsIt()
    {
        AssignmentPlan plan = AssignmentPlan.Compute(Trial(Mended, replicas: 1, surge: 1), [Ready("a", Good), Unready("b", Bad)]);
        Assert.Equal([new ReplicaId("b")], plan.Retirements);
        Assert.Equal(0, plan.Starts);
        Assert.Equal(1, AssignmentPlan.Compute(Trial(Mended, replicas: 1, surge: 1), [Ready("a", Good)]).Starts);
    }

    [Fact]
    public void Compute_ManyOfTheFailedTrial_OneMakesRoom()
    {
        AssignmentPlan plan = AssignmentPlan.Compute(Trial(Mended, replicas: 3, surge: 1), [Ready("a", Good), Unready("b", Bad), Unready("c", Bad), Unready("d", Bad)]);
        Assert.Single(plan.Retirements, id => id != new ReplicaId("a"));
    }

    [Fact]
    public void Compute_OldReplicaUnreadyAndTheSurgeFree_KeepsIt()
    {
        AssignmentPlan plan = AssignmentPlan.Compute(Trial(Mended, replicas: 2, surge: 1), [Ready("a", Good), Unready("b", Good)]);
        Assert.Empty(plan.Retirements);
        Assert.Equal(1, plan.Starts);
    }

    [Fact]
    public void Compute_TrialHasBegun_NoFurtherOneMakesRoom()
    {
        AssignmentPlan plan = AssignmentPlan.Compute(Trial(Mended, replicas: 2, surge: 1), [Ready("a", Good), Unready("b", Bad), Unready("c", Mended)]);
        Assert.Empty(plan.Retirements);
    }

    [Fact]
    public void Compute_WithoutAGrant_ReplacesWhatIsNotReadyAndNothingElse()
    {
        Assignment order = Trial(Mended, replicas: 2, surge: 0) with { Trial = false };
        AssignmentPlan plan = AssignmentPlan.Compute(order, [Ready("a", Good), Unready("b", Bad)]);
        Assert.Equal([new ReplicaId("b")], plan.Retirements);
        Assert.Equal(0, plan.Starts);
        Assert.Equal(1, AssignmentPlan.Compute(order, [Ready("a", Good)]).Starts);
        Assert.Empty(AssignmentPlan.Compute(order, [Ready("a", Good), Ready("c", Mended)]).Retirements);
    }

    private static PlannedReplica Ready(string id, TemplateRevision revision) => new(new(id), revision, Alive: true, Ready: true, Retiring: false);

    private static PlannedReplica Unready(string id, TemplateRevision revision) => new(new(id), revision, Alive: false, Ready: false, Retiring: false);

    private static Assignment Trial(TemplateRevision revision, int replicas, int surge) => new()
    {
        Id = new("u.c.n"),
        Workload = new(new("acme"), "default", "web"),
        WorkloadUid = "u",
        Cluster = new("c"),
        Node = new("n"),
        Replicas = replicas,
        Generation = 1,
        Revision = revision,
        Template = new WorkloadTemplate(),
        Surge = surge,
        Trial = true,
    };
}
