using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Routing.Tables;
using Federation.TestKit.Time;
using static Federation.Routing.Tests.TableSamples;

namespace Federation.Routing.Tests;

/// <summary>Health restarts: what it does not know yet is unknown, not absent.</summary>
public class RouteTableMergeTests
{
    private readonly RouteTableBuilder _builder = new(new SeededChance(1));

    public RouteTableMergeTests()
    {
        _builder.BeginHistory();
        _builder.Put(Route("shop.localhost"));
        _builder.Put(Service("default/default/web", ("r1", "a/n1"), ("r2", "b/n1")));
        _builder.Put(Service("default/default/api", ("r3", "a/n1")));
        _builder.Reported(NodeKey.Parse("a/n1"));
        _builder.Reported(NodeKey.Parse("b/n1"));
        _builder.SetComplete(true);
        _builder.Commit();
    }

    private string[] Web => _builder.Current.FindService("default/default/web")?.Replicas() ?? ["(gone)"];

    [Fact]
    public void BeginHistory_NothingReportedYet_KeepsRoutesAndEndpoints()
    {
        RestartedHealthListsNothing();
        Assert.NotNull(_builder.Current.Match("shop.localhost", "/").Entry);
        Assert.Equal(["r1", "r2"], Web);
    }

    [Fact]
    public void Commit_HistoryComplete_EndpointsOfSilentNodesStayAndThoseOfReportingOnesFollowTheReport()
    {
        RestartedHealthListsNothing();
        _builder.SetComplete(true);
        _builder.Put(Route("shop.localhost"));
        _builder.Put(Service("default/default/web"));
        _builder.Put(Service("default/default/api"));
        _builder.Commit();
        Assert.Equal(["r1", "r2"], Web);

        _builder.Put(Service("default/default/web", ("r4", "a/n1")));
        _builder.Reported(NodeKey.Parse("a/n1"));
        _builder.Commit();
        Assert.Equal(["r2", "r4"], Web);
        Assert.Empty(_builder.Current.FindService("default/default/api")!.Replicas());

        _builder.Reported(NodeKey.Parse("b/n1"));
        _builder.Commit();
        Assert.Equal(["r4"], Web);
    }

    [Fact]
    public void Commit_HistoryComplete_WhatItDoesNotNameIsGone()
    {
        RestartedHealthListsNothing();
        _builder.Put(Route("new.localhost"));
        _builder.Put(Service("default/default/web", ("r1", "a/n1")));
        _builder.Commit();
        Assert.NotNull(_builder.Current.FindService("default/default/api"));
        _builder.SetComplete(true);
        _builder.Commit();
        Assert.Equal(["new.localhost/"], _builder.Current.AllRoutes().Select(route => route.Key));
        Assert.Null(_builder.Current.FindService("default/default/api"));
        Assert.Equal(["r1", "r2"], Web);
    }

    [Fact]
    public void Commit_EndpointSeenAgain_KeepsWhatWasLearntOfIt()
    {
        EndpointState state = _builder.Current.FindService("default/default/web")!.Endpoints[0].State;
        RestartedHealthListsNothing();
        _builder.Put(Service("default/default/web", ("r1", "a/n1"), ("r9", "a/n1")));
        _builder.Commit();
        Assert.Same(state, _builder.Current.FindService("default/default/web")!.Endpoints[0].State);
    }

    [Fact]
    public void Judge_Verdict_CountsInTablesAlreadyMade()
    {
        RouteTable old = _builder.Current;
        _builder.Judge(NodeKey.Parse("a/n1"), VerdictState.Suspect);
        Assert.True(old.FindService("default/default/web")!.Endpoints[0].Reach.Doubtful);
        _builder.BeginHistory();
        Assert.False(old.FindService("default/default/web")!.Endpoints[0].Reach.Doubtful);
    }

    private void RestartedHealthListsNothing()
    {
        _builder.BeginHistory();
        // A full set without them arrives as removals.
        _builder.RemoveRoute("shop.localhost/");
        _builder.RemoveService("default/default/web");
        _builder.RemoveService("default/default/api");
        _builder.Commit();
    }
}
