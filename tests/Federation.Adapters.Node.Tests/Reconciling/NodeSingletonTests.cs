using Federation.Adapters.Node.Hosting;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Tests.Reconciling;

/// <summary>What may run once runs under its node's lease alone.</summary>
public class NodeSingletonTests
{
    [Fact]
    public void Singleton_WithoutALease_DoesNotStart()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1) with { Singleton = true });
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.Pass(30);
        Assert.Empty(node.Host.Running);
        Assert.False(Assert.Single(node.Replicas).Running);
    }

    [Fact]
    public void Singleton_StartsOnlyOnOrdersYoungerThanItsLease()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1) with { Singleton = true });
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.GrantLease(TimeSpan.FromSeconds(30));
        node.Pass(5);
        Assert.Empty(node.Host.Running);
        Assert.InRange(node.FreshOrdersAsked, 1, 4);
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.Pass(1);
        Assert.Single(node.Host.Running);
    }

    [Fact]
    public void Singleton_WhoseLeaseEnds_IsKilledBeforeTheGranterCanThinkSo()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1) with { Singleton = true }, SteppedNode.Order(1, workload: "other"));
        node.GrantLease(TimeSpan.FromSeconds(60));
        node.Pass(4);
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.Pass(1);
        Assert.Equal(2, node.Host.Running.Count);
        node.Pass(53);
        Assert.Equal(2, node.Host.Running.Count);
        node.Pass(1.5);
        Assert.Equal(StopSignal.Kill, Assert.Single(node.Host.Signals).Signal);
        Assert.Equal("other", Assert.Single(node.Host.Running.Values).Workload.Name);
        Assert.Equal(TimeSpan.Zero, node.Host.Allowed);
        ReplicaObservation fenced = node.Reconciler.Current.Replicas.Single(static replica => replica.Workload.Name != "other");
        Assert.Equal("stopped: the node's lease had ended", fenced.LastEnd);
        Assert.NotNull(fenced.FencedAt);
        // The lease alone does not bring it back: the orders may be older than a move that rested on its loss.
        node.GrantLease(TimeSpan.FromSeconds(60));
        node.Pass(10);
        Assert.Single(node.Host.Running);
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.Pass(1);
        Assert.Equal(2, node.Host.Running.Count);
    }

    [Theory]
    [InlineData(RestartCondition.Always)]
    [InlineData(RestartCondition.Never)]
    public void Singleton_EndedByItsWatch_IsNoFailureOfItsAndStartsUnderTheNextLease(RestartCondition condition)
    {
        SteppedNode node = SteppedNode.Started();
        Assignment order = SteppedNode.Order(1) with { Singleton = true };
        node.Apply(1, 1, order with { Template = order.Template with { Restart = new RestartPolicy { Condition = condition } } });
        node.GrantLease(TimeSpan.FromSeconds(60));
        node.Pass(4);
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.Pass(1);
        node.Host.End(node.Host.Running.Keys.Single(), 137, fenced: true);
        node.Pass(1);
        ReplicaObservation after = Assert.Single(node.Reconciler.Current.Replicas);
        Assert.NotNull(after.FencedAt);
        Assert.Equal("stopped: the node's lease had ended", after.LastEnd);
        Assert.Null(after.Succeeded);
        Assert.Single(node.Host.Running);
    }

    [Fact]
    public void Singleton_AdoptedWithoutALease_IsLeftToItsWatch()
    {
        SteppedNode node = SteppedNode.Started();
        node.Apply(1, 1, SteppedNode.Order(1) with { Singleton = true });
        node.GrantLease(TimeSpan.FromSeconds(60));
        node.Pass(4);
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.Pass(1);
        node.Die();
        node.Start();
        node.Pass(2);
        Assert.Single(node.Host.Running);
        Assert.Empty(node.Host.Signals);
    }

    [Fact]
    public void Singleton_Unreachable_IsStopped()
    {
        SteppedNode node = SteppedNode.Started();
        Assignment order = SteppedNode.Order(1) with { Singleton = true };
        node.Apply(1, 1, order);
        node.GrantLease(TimeSpan.FromSeconds(60));
        node.Pass(4);
        node.Reconciler.OrdersConfirmed(node.Time.GetTimestamp());
        node.Pass(1);
        Assert.Single(node.Host.Running);
        node.Apply(1, 2, order with { State = AssignmentState.Unreachable });
        node.Pass(8);
        Assert.Empty(node.Host.Running);
    }
}
