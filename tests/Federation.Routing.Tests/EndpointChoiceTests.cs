using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Routing.Choice;
using Federation.Routing.Documents;
using Federation.Routing.Tables;
using Federation.TestKit.Time;
using static Federation.Routing.Tests.TableSamples;

namespace Federation.Routing.Tests;

public class EndpointChoiceTests
{
    private readonly RouteTableBuilder _builder = new(new SeededChance(1));

    public EndpointChoiceTests()
    {
        _builder.Put(Service("default/default/web", ("r1", "a/n1"), ("r2", "a/n2"), ("r3", "b/n1")));
        _builder.Connect("a/n1", "a/n2", "b/n1");
        _builder.Commit();
    }

    private RoutedService Web => _builder.Current.FindService("default/default/web")!;

    [Fact]
    public void Choose_OneAfterAnother_TakesEachReplicaInTurn()
    {
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 300; i++)
        {
            string replica = Pick()!;
            counts[replica] = counts.GetValueOrDefault(replica) + 1;
        }
        Assert.Equal([100, 100, 100], counts.Values);
    }

    [Fact]
    public void Choose_ABusyEndpoint_IsPassedOver()
    {
        Endpoint("r1").State.Begin();
        for (int i = 0; i < 30; i++) Assert.NotEqual("r1", Pick());
        Endpoint("r1").State.End();
        Assert.Contains("r1", Enumerable.Range(0, 3).Select(_ => Pick()));
    }

    [Fact]
    public void Choose_Near_StaysInTheClusterUntilItIsFull()
    {
        var wish = ChoiceWish.First(null, new ClusterId("b"));
        for (int i = 0; i < EndpointChoice.SpillOverAt; i++)
        {
            RoutedEndpoint chosen = EndpointChoice.Choose(Web, wish, TimeSpan.Zero)!;
            Assert.Equal("r3", chosen.Endpoint.Replica.Value);
            chosen.State.Begin();
        }
        Assert.NotEqual("r3", EndpointChoice.Choose(Web, wish, TimeSpan.Zero)!.Endpoint.Replica.Value);
    }

    [Fact]
    public void Choose_Retry_GoesToAnotherClusterFirstAndNeverToTheSameEndpoint()
    {
        var tried = new List<ReplicaId> { new("r1") };
        Assert.Equal("r3", Pick(tried));
        tried.Add(new ReplicaId("r3"));
        Assert.Equal("r2", Pick(tried));
        tried.Add(new ReplicaId("r2"));
        Assert.Null(Pick(tried));
    }

    [Fact]
    public void Choose_DoubtfulNode_ServesOnlyWhereNothingElseIsLeft()
    {
        _builder.Judge(NodeKey.Parse("a/n1"), VerdictState.Suspect);
        _builder.Judge(NodeKey.Parse("a/n2"), VerdictState.NotReady);
        for (int i = 0; i < 10; i++) Assert.Equal("r3", Pick());
        _builder.Reach(NodeKey.Parse("b/n1")).Connected = false;
        Assert.NotNull(Pick());
    }

    [Fact]
    public void Choose_StalledTunnel_IsAvoidedLikeADoubtedNodeButBeforeIt()
    {
        _builder.Reach(NodeKey.Parse("b/n1")).Stalled = true;
        for (int i = 0; i < 10; i++) Assert.NotEqual("r3", Pick());
        // Ours is a guess of this moment, Health's a judgement.
        _builder.Judge(NodeKey.Parse("a/n1"), VerdictState.Suspect);
        _builder.Judge(NodeKey.Parse("a/n2"), VerdictState.Suspect);
        for (int i = 0; i < 10; i++) Assert.Equal("r3", Pick());
    }

    [Fact]
    public void Standstill_NodeStallsAndGoesOn_FiresOnceForThoseWhoWaitThen()
    {
        NodeReach reach = _builder.Reach(NodeKey.Parse("b/n1"));
        CancellationToken waiting = reach.Standstill;
        reach.Stalled = true;
        Assert.True(waiting.IsCancellationRequested);
        Assert.True(reach.Standstill.IsCancellationRequested);
        reach.Stalled = false;
        Assert.False(reach.Standstill.IsCancellationRequested);
    }

    [Fact]
    public void Choose_TunnelGone_IsUsedNeverAndAtOnce()
    {
        _builder.Reach(NodeKey.Parse("b/n1")).Connected = false;
        for (int i = 0; i < 10; i++) Assert.NotEqual("r3", Pick());
        _builder.Reach(NodeKey.Parse("a/n1")).Connected = false;
        _builder.Reach(NodeKey.Parse("a/n2")).Connected = false;
        Assert.Null(Pick());
    }

    [Fact]
    public void Choose_ThreeFailuresToConnect_TakesTheEndpointOutAndTriesItAgainLater()
    {
        EndpointState state = Endpoint("r3").State;
        state.ConnectFailed(TimeSpan.Zero);
        state.ConnectFailed(TimeSpan.Zero);
        Assert.False(state.Ejected(TimeSpan.Zero));
        state.ConnectFailed(TimeSpan.Zero);
        for (int i = 0; i < 10; i++) Assert.NotEqual("r3", Pick());
        TimeSpan later = TimeSpan.FromSeconds(2);
        Assert.False(state.Ejected(later));
        state.ConnectFailed(later);
        Assert.True(state.Ejected(later + TimeSpan.FromSeconds(3.9)));
        Assert.False(state.Ejected(later + TimeSpan.FromSeconds(4)));
        state.Succeeded();
        state.ConnectFailed(later + TimeSpan.FromSeconds(5));
        Assert.False(state.Ejected(later + TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Choose_AllTakenOut_TriesOneAllTheSame()
    {
        foreach (RoutedEndpoint endpoint in Web.Endpoints)
        {
            for (int i = 0; i < 3; i++) endpoint.State.ConnectFailed(TimeSpan.Zero);
        }
        Assert.NotNull(Pick());
    }

    [Fact]
    public void Choose_PortByName_PassesOverEndpointsWithoutIt()
    {
        _builder.Put(new ServiceEndpoints
        {
            Service = WorkloadKey.Parse("default/default/web"),
            Endpoints =
            [
                TableSamples.Endpoint("r1", "a/n1", new EndpointPort("raw", PortProtocol.Tcp), new EndpointPort("http", PortProtocol.Http)),
                TableSamples.Endpoint("r2", "a/n2", new EndpointPort("http", PortProtocol.Http), new EndpointPort("grpc", PortProtocol.Http2)),
            ],
        });
        _builder.Commit();
        for (int i = 0; i < 5; i++) Assert.Equal("r2", EndpointChoice.Choose(Web, ChoiceWish.First("grpc"), TimeSpan.Zero)!.Endpoint.Replica.Value);
        Assert.Null(EndpointChoice.Choose(Web, ChoiceWish.First("raw"), TimeSpan.Zero));
        Assert.Equal("http", Endpoint("r1").Port(null)!.Name);
    }

    [Fact]
    public void Choose_AllocatesNothing()
    {
        var wish = ChoiceWish.First(null, new ClusterId("a"));
        EndpointChoice.Choose(Web, wish, TimeSpan.Zero);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) EndpointChoice.Choose(Web, wish, TimeSpan.Zero);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private RoutedEndpoint Endpoint(string replica) => Web.Endpoints.ToArray().First(endpoint => endpoint.Endpoint.Replica.Value == replica);

    private string? Pick(IReadOnlyList<ReplicaId>? tried = null) =>
        EndpointChoice.Choose(Web, new ChoiceWish(null, null, tried ?? []), TimeSpan.Zero)?.Endpoint.Replica.Value;
}
