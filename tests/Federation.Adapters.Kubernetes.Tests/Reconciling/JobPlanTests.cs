using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>One Job a replica: made and deleted by itself, and left where it has ended.</summary>
public sealed class JobPlanTests
{
    private static Assignment Order(int replicas, string revision = "r1") => KubernetesRig.Order(replicas, revision);

    private static JobTurn Running(int ordinal, string revision = "r1", bool ready = true, int drain = 0) =>
        new(new ReplicaId($"{revision}-{ordinal}"), ordinal, new TemplateRevision(revision), Alive: true, ready, Over: false, DrainStage.None, drain, Ending: false, Lost: false);

    private static JobTurn Ended(int ordinal, string revision = "r1") => Running(ordinal, revision, ready: false) with { Alive = false, Over = true };

    [Fact]
    public void Compute_WhatHasEnded_CountsAndIsNotBegunAgain()
    {
        JobStep step = JobPlan.Compute(Order(3), [Ended(0), Ended(2)], [], null, mayMake: true);
        Assert.Equal([1], step.Starts);
        Assert.Empty(step.Ends);
        Assert.Empty(JobPlan.Compute(Order(3) with { Completed = true }, [Ended(0)], [], null, mayMake: true).Starts);
    }

    [Fact]
    public void Compute_FewAtOnce_BeginsTheNextWhenOneHasEnded()
    {
        Assert.Equal([0, 1], JobPlan.Compute(Order(5), [], [], 2, mayMake: true).Starts);
        Assert.Equal([2], JobPlan.Compute(Order(5), [Ended(0), Running(1)], [], 2, mayMake: true).Starts);
        Assert.Empty(JobPlan.Compute(Order(5), [Running(0), Running(1) with { Ending = true }], [], 2, mayMake: true).Starts);
    }

    [Fact]
    public void Compute_OneOnItsWayOut_IsCountedUntilItIsGoneOrItsNodeIsLost()
    {
        JobTurn ending = Running(0) with { Ending = true };
        Assert.Empty(JobPlan.Compute(Order(1), [ending], [], null, mayMake: true).Starts);
        // Its name is taken as long as it is there.
        Assert.Equal([1], JobPlan.Compute(Order(1), [ending with { Lost = true }], [], null, mayMake: true).Starts);
        Assert.Equal([1], JobPlan.Compute(Order(1), [Ended(0) with { Ending = true }], [], null, mayMake: true).Starts);
        Assert.Empty(JobPlan.Compute(Order(1), [], [(new ReplicaId("pod-of-a-deployment"), new TemplateRevision("r0"))], null, mayMake: true).Starts);
    }

    [Fact]
    public void Compute_AnotherRevision_DrainsWhoServesAndDeletesTheOthers()
    {
        Assignment order = Order(2, "r2") with { MayBeUnavailable = 2 };
        JobStep step = JobPlan.Compute(order, [Running(0, drain: 5), Running(1, ready: false)], [], null, mayMake: true);
        Assert.Equal([new ReplicaId("r1-0")], step.Drains);
        Assert.Equal([new ReplicaId("r1-1")], step.Ends);
        Assert.Empty(step.Starts);
        step = JobPlan.Compute(order, [Running(0, drain: 5) with { Drain = DrainStage.Over }], [], null, mayMake: true);
        Assert.Equal([new ReplicaId("r1-0")], step.Ends);
        Assert.Equal([0], step.Starts);
    }

    [Fact]
    public void Compute_WithoutAnOrder_DeletesWhatHasEndedToo()
    {
        JobStep step = JobPlan.Compute(null, [Ended(0), Running(1)], [], null, mayMake: false);
        Assert.Equal([new ReplicaId("r1-0"), new ReplicaId("r1-1")], step.Ends.Order());
        Assert.Empty(step.Starts);
    }
}
