using Federation.Adapters.Swarm.Reconciling;
using Federation.Domain.Assignments;

namespace Federation.Adapters.Swarm.Tests;

public class ServicePlanTests
{
    [Fact]
    public void Compute_NothingThere_StartsAll()
    {
        ServiceStep step = ServicePlan.Compute(Order(3), [], []);
        Assert.Equal(3, step.Starts);
        Assert.Empty(step.Counts);
    }

    [Fact]
    public void Compute_AsOrdered_DoesNothing()
    {
        ServiceStep step = ServicePlan.Compute(Order(2), [Service("s", "r1", 2, Up("a"), Up("b"))], []);
        Assert.Equal((0, 0, 0), (step.Starts, step.Counts.Count, step.Drains.Count));
    }

    [Fact]
    public void Compute_TasksThatTheSwarmHasYetToMake_AreNotStartedTwice()
    {
        ServiceStep step = ServicePlan.Compute(Order(5), [Service("s", "r1", 5, Up("a"))], []);
        Assert.Equal((0, 0), (step.Starts, step.Counts.Count));
    }

    [Fact]
    public void Compute_Fewer_DrainsFirst_ThenTellsTheService()
    {
        ServiceStep step = ServicePlan.Compute(Order(1), [Service("s", "r1", 3, Up("a"), Up("b"), Up("c"))], []);
        Assert.Equal(2, step.Drains.Count);
        Assert.Empty(step.Counts);
        step = ServicePlan.Compute(Order(1), [Service("s", "r1", 3, Up("a"), Up("b", DrainStage.Over), Up("c", DrainStage.Draining))], []);
        Assert.Equal(2, step.Counts["s"]);
        Assert.Equal(["b"], step.Surrendered.Select(static id => id.Value));
    }

    [Fact]
    public void Compute_ServiceToldAndSwarmNotYetDone_IsNotToldAgain()
    {
        ServiceStep step = ServicePlan.Compute(Order(2), [Service("s", "r1", 2, Up("b", DrainStage.Surrendered), Up("a"), Up("c"))], []);
        Assert.Equal((0, 0, 0), (step.Starts, step.Counts.Count, step.Drains.Count));
    }

    [Fact]
    public void Compute_OneThatNeverServed_EndsWithoutADrain()
    {
        ServiceStep step = ServicePlan.Compute(Order(1), [Service("s", "r1", 2, new TaskState(new("x"), Alive: true, Ready: false, DrainStage.None, 5), Up("a"))], []);
        Assert.Equal(1, step.Counts["s"]);
        Assert.Empty(step.Drains);
    }

    [Fact]
    public void Compute_NewRevision_StartsWithinTheSurge_AndRemovesTheEmptyService()
    {
        Assignment order = Order(1, "r2") with { Surge = 1 };
        ServiceStep step = ServicePlan.Compute(order, [Service("old", "r1", 1, Up("a"))], []);
        Assert.Equal((1, 0), (step.Starts, step.Drains.Count));
        step = ServicePlan.Compute(order, [Service("old", "r1", 1, Up("a", drainSeconds: 0)), Service("new", "r2", 1, Up("b"))], []);
        Assert.Equal(0, step.Counts["old"]);
        Assert.False(step.Counts.ContainsKey("new"));
    }

    [Fact]
    public void Compute_WhileOldOnesStillEnd_DoesNotExceedTheOrder()
    {
        ServiceStep step = ServicePlan.Compute(Order(1, "r2") with { MayBeUnavailable = 1 }, [], [(new("a"), new("r1"))]);
        Assert.Equal(0, step.Starts);
    }

    [Fact]
    public void Compute_WithoutAnOrder_EndsAll()
    {
        ServiceStep step = ServicePlan.Compute(null, [Service("s", "r1", 2, Up("a", drainSeconds: 0), Up("b", drainSeconds: 0))], []);
        Assert.Equal(0, step.Counts["s"]);
        Assert.Equal(0, step.Starts);
    }

    [Fact]
    public void Compute_Unreachable_LeavesEverything()
    {
        ServiceStep step = ServicePlan.Compute(Order(1) with { State = AssignmentState.Unreachable }, [Service("s", "r1", 1, Up("a"))], []);
        Assert.Equal((0, 0), (step.Counts.Count, step.Drains.Count));
    }

    private static Assignment Order(int replicas, string revision = "r1") => new()
    {
        Id = new("web.uid.c"),
        Workload = new(new("acme"), "default", "web"),
        WorkloadUid = "uid",
        Cluster = new("c"),
        Replicas = replicas,
        Generation = 1,
        Revision = new(revision),
        Template = new() { Image = "box:1" },
    };

    private static ServiceState Service(string id, string revision, int replicas, params TaskState[] tasks) => new(id, new(revision), replicas, tasks);

    private static TaskState Up(string id, DrainStage drain = DrainStage.None, int drainSeconds = 2) => new(new(id), Alive: true, Ready: drain == DrainStage.None, drain, drainSeconds);
}
