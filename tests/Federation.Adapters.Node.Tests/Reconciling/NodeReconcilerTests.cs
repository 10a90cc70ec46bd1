using Federation.Adapters.Node.Hosting;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Tests.Reconciling;

public sealed class NodeReconcilerTests
{
    [Fact]
    public void End_OfAProcess_StartsItAgainAfterPausesThatDouble()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(1);
        ReplicaObservation replica = Assert.Single(node.Replicas);
        Assert.Equal(ReplicaState.Ready, replica.State);
        double[] pauses = [1, 2, 4, 8, 8];
        for (int i = 0; i < pauses.Length; i++)
        {
            node.Host.End(replica.Id, 3);
            node.Pass(pauses[i] - 0.3);
            Assert.Equal(ReplicaState.BackOff, node.Replicas[0].State);
            Assert.Equal("exit code 3", node.Replicas[0].LastEnd);
            node.Pass(0.6);
            Assert.Contains(replica.Id, node.Host.Running.Keys);
            Assert.Equal(i + 1, node.Replicas[0].Restarts);
        }
        Assert.Equal(replica.Ports, node.Replicas[0].Ports);
    }

    [Fact]
    public void Capability_ThatTheHostLoses_StartsNothingMoreUntilItIsBack()
    {
        SteppedNode node = SteppedNode.Started();
        HostFacts able = node.Host.Facts;
        Assignment order = SteppedNode.Order(2);
        order = order with { Template = order.Template with { Volumes = [new VolumeReference { Name = "data" }] } };
        node.Apply(1, 1, order);
        node.Pass(1);
        Assert.All(node.Replicas, static replica => Assert.Equal(ReplicaState.Ready, replica.State));
        node.Host.Facts = able with { Capabilities = ["process", "fencing"] };
        node.Host.End(node.Replicas[0].Id, 1);
        node.Apply(1, 2, order with { Replicas = 3 });
        int starts = node.Host.Starts.Count;
        node.Pass(60);
        Assert.Equal(starts, node.Host.Starts.Count);
        Assert.Equal(3, node.Replicas.Count);
        Assert.Single(node.Replicas, static replica => replica.State == ReplicaState.Ready);
        Assert.All(node.Replicas.Where(static replica => replica.State == ReplicaState.BackOff), static replica => Assert.Equal("its template needs volumes, which this agent does not offer; nothing of it is started here", replica.Message));
        // It is made fewer all the same.
        node.Apply(1, 3, order with { Replicas = 1 });
        node.Pass(2);
        Assert.Equal(ReplicaState.Ready, Assert.Single(node.Replicas).State);
        node.Host.Facts = able;
        node.Apply(1, 4, order);
        node.Pass(2);
        Assert.Equal([ReplicaState.Ready, ReplicaState.Ready], node.Replicas.Select(static replica => replica.State));
    }

    [Fact]
    public void Version_ThatNeedsMoreThanTheHostCanDo_TakesNothingFromTheOneBefore()
    {
        SteppedNode node = SteppedNode.Started();
        Assignment order = SteppedNode.Order(2);
        node.Apply(1, 1, order);
        node.Pass(1);
        var running = node.Host.Running.Keys.ToArray();
        node.Apply(1, 2, order with { Revision = new("greedy"), MayBeUnavailable = 2, Surge = 1, Template = order.Template with { Resources = new ResourceRequirements { MemoryLimit = new(1 << 20) } } });
        node.Pass(30);
        Assert.Equal(running, node.Host.Running.Keys);
        Assert.Equal(2, node.Replicas.Count(static replica => replica.State == ReplicaState.Ready));
        ReplicaObservation told = Assert.Single(node.Replicas, static replica => replica.State == ReplicaState.BackOff);
        Assert.Equal(("greedy", "its template needs memory-limit, which this agent does not offer; nothing of it is started here"), (told.Revision.Value, told.Message));
        // As a rollout that is given up does: the version before goes on as if nothing had been.
        node.Apply(1, 3, order);
        node.Pass(2);
        Assert.Equal(running, node.Replicas.Select(static replica => replica.Id));
    }

    [Fact]
    public void End_AfterALongRun_StartsOverFromTheFirstPause()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(1);
        var id = node.Replicas[0].Id;
        node.Host.End(id, 1);
        node.Pass(1.3);
        node.Host.End(id, 1);
        node.Pass(2.3);
        Assert.Contains(id, node.Host.Running.Keys);
        node.Pass(21);
        node.Host.End(id, 1);
        node.Pass(1.3);
        Assert.Contains(id, node.Host.Running.Keys);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, false)]
    public void End_ForGood_IsToldWithItsSuccess(int code, bool succeeded)
    {
        SteppedNode node = SteppedNode.Started();
        Assignment order = SteppedNode.Order(1);
        node.Apply(1, 1, order with { Template = order.Template with { Restart = new RestartPolicy { Condition = RestartCondition.Never } } });
        node.Pass(1);
        Assert.Null(node.Replicas[0].Succeeded);
        node.Host.End(node.Replicas[0].Id, code);
        node.Pass(1);
        Assert.Equal((ReplicaState.Ended, (bool?)succeeded), (node.Replicas[0].State, node.Replicas[0].Succeeded));
    }

    [Fact]
    public void Apply_OrderOfAWorkloadThatRanToItsEnd_StartsNothingOnANodeThatForgotIt()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1) with { Completed = true });
        node.Pass(2);
        Assert.Empty(node.Replicas);
    }

    [Theory]
    [InlineData(RestartCondition.Never, 1, false)]
    [InlineData(RestartCondition.OnFailure, 0, false)]
    [InlineData(RestartCondition.OnFailure, 1, true)]
    [InlineData(RestartCondition.Always, 0, true)]
    public void End_ByThePolicy_IsForGoodOrNot(RestartCondition condition, int code, bool again)
    {
        SteppedNode node = SteppedNode.Started();
        Assignment order = SteppedNode.Order(1);
        node.Apply(1, 1, order with { Template = order.Template with { Restart = new RestartPolicy { Condition = condition, BackoffSeconds = 1 } } });
        node.Pass(1);
        node.Host.End(node.Replicas[0].Id, code);
        node.Pass(5);
        Assert.Equal(again ? ReplicaState.Ready : ReplicaState.Ended, Assert.Single(node.Replicas).State);
        node.Die();
        node.Start();
        node.Pass(5);
        Assert.Equal(again ? ReplicaState.Ready : ReplicaState.Ended, Assert.Single(node.Replicas).State);
    }

    [Fact]
    public void End_OfWhatFailsAsOftenAsItMay_IsForGoodAndLastsOverADeath()
    {
        SteppedNode node = SteppedNode.Started();
        Assignment order = SteppedNode.Order(1);
        node.Apply(1, 1, order with { Template = order.Template with { Restart = new RestartPolicy { Condition = RestartCondition.OnFailure, BackoffSeconds = 1, MaxAttempts = 2 } } });
        for (int start = 0; start < 3; start++)
        {
            node.Pass(10);
            Assert.Equal((ReplicaState.Ready, start), (node.Replicas[0].State, node.Replicas[0].Restarts));
            // An agent that comes back goes on counting.
            if (start == 1)
            {
                node.Die();
                node.Start();
            }
            node.Host.End(node.Replicas[0].Id, 3);
            node.Pass(1);
        }
        node.Pass(100);
        ReplicaObservation given = Assert.Single(node.Replicas);
        Assert.Equal((ReplicaState.Ended, (bool?)false, 2), (given.State, given.Succeeded, given.Restarts));
        Assert.EndsWith(", the last of 3 starts", given.LastEnd, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_WaitsDrainThenGraceThenKills()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(1);
        var id = node.Replicas[0].Id;
        node.Host.StubbornToTerminate = true;
        node.Apply(1, 2);
        node.Pass(1.8);
        Assert.Equal(ReplicaState.Draining, node.Replicas[0].State);
        Assert.Empty(node.Host.Signals);
        node.Pass(0.5);
        Assert.Equal([(id, StopSignal.Terminate)], node.Host.Signals);
        Assert.Equal(ReplicaState.Stopping, node.Replicas[0].State);
        node.Pass(4.5);
        Assert.Contains(id, node.Host.Running.Keys);
        node.Pass(1);
        Assert.Equal((id, StopSignal.Kill), node.Host.Signals[^1]);
        Assert.Empty(node.Replicas);
        Assert.Contains(id, node.Host.Removed);
        Assert.Empty(node.Journal.Replicas);
    }

    [Fact]
    public void Death_InTheMiddleOfADrain_GoesOnWithTheSameReplica()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(3));
        node.Pass(1);
        node.Apply(1, 2, SteppedNode.Order(2));
        node.Pass(1);
        var draining = node.Replicas.Single(static replica => replica.State == ReplicaState.Draining).Id;
        node.Die();
        node.Start();
        node.Pass(4);
        Assert.Equal(2, node.Host.Running.Count);
        Assert.DoesNotContain(draining, node.Host.Running.Keys);
        Assert.Equal(3, node.Host.Starts.Count);
    }

    [Fact]
    public void Death_WithoutAnyOrdersKept_StopsNothing()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(2));
        node.Pass(1);
        var lost = new SteppedNode();
        foreach (var record in node.Host.Running.Values) lost.Host.Running[record.Id] = record;
        lost.Start();
        lost.Pass(10);
        Assert.Equal(2, lost.Host.Running.Count);
        Assert.Equal(2, lost.Replicas.Count);
        // The first set that is known whole decides.
        lost.Apply(1, 2, SteppedNode.Order(1));
        lost.Pass(5);
        Assert.Single(lost.Host.Running);
    }

    [Fact]
    public void End_OfAProcess_IsToldBeforeTheDiskHasIt()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(2));
        node.Pass(1);
        ReplicaObservation ended = node.Replicas[0], other = node.Replicas[1];
        var written = new TaskCompletionSource();
        node.Journal.Slow = written.Task;
        node.Host.End(ended.Id, 1);
        node.Pass(5);
        Assert.Equal(["BackOff", "Ready"], node.Replicas.Select(static replica => replica.State.ToString()));
        Assert.Equal([other.Id], node.Host.Running.Keys);
        node.Journal.Slow = Task.CompletedTask;
        written.SetResult();
        node.Pass(2);
        Assert.All(node.Replicas, static replica => Assert.Equal(ReplicaState.Ready, replica.State));
    }

    [Fact]
    public void Journal_ThatCannotBeWritten_StartsNothingAndStopsNothing()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(1);
        node.Journal.Full = true;
        Assert.Throws<IOException>(() => node.Apply(1, 2, SteppedNode.Order(3)));
        node.Pass(3);
        Assert.Single(node.Host.Running);
        Assert.Equal(1, node.Reconciler.Current.Nodes[0].AppliedRevision);
        node.Host.End(node.Replicas[0].Id, 1);
        node.Pass(5);
        Assert.Empty(node.Host.Running);
        node.Journal.Full = false;
        node.Pass(2);
        Assert.Single(node.Host.Running);
    }

    [Fact]
    public void Refusal_ByTheHost_IsSaidAndHoldsNothing()
    {
        SteppedNode node = SteppedNode.Started();
        node.Host.Refuse = static _ => "this node serves another tenant";
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(0.5);
        ReplicaObservation replica = Assert.Single(node.Replicas);
        Assert.Equal(ReplicaState.BackOff, replica.State);
        Assert.Equal("this node serves another tenant", replica.Message);
        Assert.False(replica.Running);
    }

    [Fact]
    public void Ports_TakenByOthers_AreNotGivenAndAreReplacedAtAStart()
    {
        SteppedNode node = SteppedNode.Started();
        for (int port = 20_000; port < 20_099; port++) node.Host.TakenPorts.Add(port);
        node.Apply(1, 1, SteppedNode.Order(2));
        node.Pass(1);
        Assert.Equal(20_099, Assert.Single(node.Replicas, static replica => replica.State == ReplicaState.Ready).Ports[0].Port);
        Assert.Contains("no port between 20000 and 20099 is free", node.Replicas.Single(static replica => replica.State == ReplicaState.BackOff).Message, StringComparison.Ordinal);
        node.Host.TakenPorts.Remove(20_050);
        node.Pass(8);
        Assert.Equal([20_050, 20_099], node.Replicas.Select(static replica => replica.Ports[0].Port).Order());
    }

    [Fact]
    public void Apply_TheSameOrdersAnew_WritesThemOnce()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Apply(1, 1, SteppedNode.Order(1));
        Assert.Equal(1, node.Journal.DesiredSaves);
    }
}
