using Federation.Domain.Assignments;
using Federation.Domain.Observation;

namespace Federation.Adapters.Node.Tests.Reconciling;

/// <summary>When a replica counts as ready, when no more, and when its start is given up.</summary>
public class NodeReadinessTests
{
    [Fact]
    public void Check_ThatFails_MakesUnreadyAfterTheThresholdAlone()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(1);
        node.Host.Healthy = static _ => false;
        node.Pass(1.5);
        Assert.Equal(ReplicaState.Ready, node.Replicas[0].State);
        node.Pass(3);
        Assert.Equal(ReplicaState.Unready, node.Replicas[0].State);
        Assert.Equal("it says no", node.Replicas[0].Message);
        node.Host.Healthy = static _ => true;
        node.Pass(1.5);
        Assert.Equal(ReplicaState.Ready, node.Replicas[0].State);
        Assert.Single(node.Host.Starts);
    }

    [Fact]
    public void Start_ThatIsNeverReady_IsEndedAtItsLimitAndTriedAgain()
    {
        SteppedNode node = SteppedNode.Started();
        node.Host.Healthy = static _ => false;
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(29);
        Assert.Equal(ReplicaState.Starting, node.Replicas[0].State);
        Assert.Empty(node.Host.Signals);
        node.Pass(1.5);
        Assert.Equal("was not ready within 30 s (it says no)", node.Replicas[0].LastEnd);
        node.Pass(2);
        Assert.Equal(2, node.Host.Starts.Count);
    }

    [Fact]
    public void Start_WhileTheAgentItselfStoodStill_IsNotEndedBeforeItWasLookedAt()
    {
        SteppedNode node = SteppedNode.Started();
        node.Host.Healthy = static _ => false;
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(1);
        node.Host.Healthy = static _ => true;
        node.Time.Advance(TimeSpan.FromSeconds(60));
        node.Pass(1);
        Assert.Equal(ReplicaState.Ready, Assert.Single(node.Replicas).State);
        Assert.Single(node.Host.Starts);
        Assert.Empty(node.Host.Signals);
    }

    [Fact]
    public void Start_WithoutACheck_IsReadyOnlyOnceItHasRunForAWhile()
    {
        SteppedNode node = SteppedNode.Started();
        Assignment order = SteppedNode.Order(1);
        node.Apply(1, 1, order with { Template = order.Template with { Ports = null, HealthCheck = null } });
        for (int attempt = 0; attempt < 3; attempt++)
        {
            node.Pass(0.5);
            Assert.Equal(ReplicaState.Starting, Assert.Single(node.Replicas).State);
            // As a program ends that does not exist.
            node.Host.End(node.Replicas[0].Id, 127);
            node.Pass(0.2);
            Assert.Equal(ReplicaState.BackOff, node.Replicas[0].State);
            while (node.Replicas[0].State == ReplicaState.BackOff) node.Pass(0.05);
        }
        node.Pass(1.2);
        Assert.Equal(ReplicaState.Ready, node.Replicas[0].State);
    }

    [Fact]
    public void Stopped_ByASignal_IsUnreadyAtOnceAndReadyAgainWhenItGoesOn()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1));
        node.Pass(2);
        ReplicaObservation replica = Assert.Single(node.Replicas);
        Assert.Equal(ReplicaState.Ready, replica.State);
        CancellationToken standstill = node.Reconciler.StandstillOf(replica.Id);
        node.Host.Stopped.Add(replica.Id);
        node.Pass(0.4);
        Assert.Equal(ReplicaState.Unready, node.Replicas[0].State);
        Assert.Contains("stopped by a signal", node.Replicas[0].Message, StringComparison.Ordinal);
        Assert.True(standstill.IsCancellationRequested);
        node.Host.Stopped.Clear();
        node.Pass(0.4);
        Assert.Equal(ReplicaState.Ready, node.Replicas[0].State);
        Assert.False(node.Reconciler.StandstillOf(replica.Id).IsCancellationRequested);
        // It was never ended nor replaced.
        Assert.Single(node.Host.Starts);
        Assert.Empty(node.Host.Signals);
    }
}
