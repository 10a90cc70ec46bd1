using Federation.Adapters.Swarm.Observing;
using Federation.Engine.Networks;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>What has ended for good is told from what the swarm starts again, or moves, or removes.</summary>
public sealed class RunEndsTests
{
    [Theory]
    [InlineData("complete", "on-failure", true)]
    [InlineData("complete", "none", true)]
    [InlineData("failed", "none", true)]
    [InlineData("failed", "on-failure", true)]
    [InlineData("rejected", "on-failure", true)]
    [InlineData("shutdown", "none", true)]
    [InlineData("complete", "any", false)]
    [InlineData("failed", "any", false)]
    [InlineData("orphaned", "none", false)]
    [InlineData("running", "none", false)]
    public void Of_TheLastOfItsSlot_IsOneThatHasEndedAndIsNotStartedAgain(string state, string condition, bool over) =>
        Assert.Equal(over, RunEnds.Of(View(Task("t1", 1, state, condition))).Contains("t1"));

    [Fact]
    public void Of_OneWithASuccessor_IsNone()
    {
        Assert.Equal(["t3"], RunEnds.Of(View(Task("t1", 1, "failed", "on-failure"), Task("t2", 1, "failed", "on-failure"), Task("t3", 1, "complete", "on-failure"), Task("t4", 2, "running", "on-failure", "running"))));
        Assert.Empty(RunEnds.Of(View(Task("t1", 1, "failed", "on-failure"), Task("t2", 1, "ready", "on-failure", "ready"))));
    }

    [Fact]
    public void Of_OneThatIsBeingDecidedOrRemoved_IsNone()
    {
        Assert.Empty(RunEnds.Of(View(Task("t1", 1, "failed", "on-failure", "running"))));
        Assert.Empty(RunEnds.Of(View(Task("t1", 1, "complete", "on-failure", "remove"))));
        Assert.Empty(RunEnds.Of(View(Task("t1", 1, "complete", "on-failure")) with { Services = [] }));
    }

    private static SwarmTask Task(string id, int slot, string state, string condition, string desired = "shutdown") => new()
    {
        Id = id,
        ServiceId = "s",
        Slot = slot,
        CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(id[^1]),
        DesiredState = desired,
        Status = new SwarmTaskStatus { State = state },
        Spec = new TaskSpec { RestartPolicy = new TaskRestartPolicy { Condition = condition } },
    };

    private static SwarmView View(params SwarmTask[] tasks) => new(
        new Dictionary<string, SwarmNode>(), [new SwarmService { Id = "s", Version = new(1), Spec = new ServiceSpec { Name = "s" } }], tasks, new Dictionary<string, SwarmFile>(), new Dictionary<string, SwarmFile>(), new Dictionary<string, NetworkDetails>(), new Dictionary<string, string>());
}
