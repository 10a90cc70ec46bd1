using System.Text.Json;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Feeds;
using Federation.Placement.Dispatching;
using Federation.Placement.Loops;

namespace Federation.Placement.Tests.Loops;

/// <summary>Whom a change at Health concerns: too few would leave work undone until something else happens, too many cost each for all others.</summary>
public class HealthWakesTests
{
    private static readonly WorkloadKey Web = new(new("acme"), "default", "web");
    private static readonly NodeKey Place = new(new("eu"), new("n1"));

    private static readonly NodeObservation Node = new()
    {
        Cluster = Place.Cluster,
        Node = Place.Node,
        Allocatable = new(new CpuMillis(4000), new MemoryBytes(8L << 30)),
        Capabilities = ["containers"],
        AppliedRevision = 10,
        AppliedTerm = 1,
    };

    private static readonly ReplicaObservation Replica = new()
    {
        Id = new("r1"),
        Assignment = AssignmentId.Of("uid", Place.Cluster, Place.Node),
        Workload = Web,
        Cluster = Place.Cluster,
        Node = Place.Node,
        Revision = new("v1"),
        State = ReplicaState.Starting,
    };

    public static TheoryData<string, Func<NodeObservation, NodeObservation>> OtherChangesOfANode => new()
    {
        { "allocatable", static node => node with { Allocatable = new(new CpuMillis(2000), new MemoryBytes(8L << 30)) } },
        { "foreign", static node => node with { Foreign = new(new CpuMillis(100), new MemoryBytes(0)) } },
        { "machines", static node => node with { Machines = [new EligibleMachines(Replica.Assignment, 3)] } },
        { "boot", static node => node with { BootId = "b2" } },
    };

    public static TheoryData<ReplicaState?, ReplicaState?, bool> Lives => new()
    {
        { null, ReplicaState.Starting, true },
        { ReplicaState.Starting, ReplicaState.Ready, true },
        { ReplicaState.Ready, ReplicaState.Unready, true },
        { ReplicaState.Unready, ReplicaState.Draining, false },
        { ReplicaState.Draining, ReplicaState.Stopping, false },
        { ReplicaState.Stopping, ReplicaState.Ended, true },
        { ReplicaState.Stopping, ReplicaState.BackOff, true },
        { ReplicaState.BackOff, ReplicaState.Starting, true },
        { ReplicaState.Ended, null, false },
        { ReplicaState.Ready, null, true },
    };

    [Theory]
    [MemberData(nameof(Lives), DisableDiscoveryEnumeration = true)]
    public void Of_AReplicasStep_ConcernsItsWorkload_AndTheRoomWhereItTakesOrLeavesSomeOrIsReady(ReplicaState? before, ReplicaState? after, bool room)
    {
        var wakes = HealthWakes.Of([Change("ReplicaObservation", "r1", before is { } b ? Replica with { State = b } : null, after is { } a ? Replica with { State = a } : null)]);

        Assert.Equal([Web], wakes.Workloads);
        Assert.Equal(room, wakes.Room);
        Assert.Empty(wakes.Places);
    }

    [Fact]
    public void Of_WhatAReplicaSaysOfItself_TakesNoRoom()
    {
        var wakes = HealthWakes.Of([Change("ReplicaObservation", "r1", Replica, Replica with { Message = "waits for its port", Restarts = 2, LastEnd = "exit code 1" })]);

        Assert.Equal([Web], wakes.Workloads);
        Assert.False(wakes.Room);
    }

    [Fact]
    public void Of_ASingletonThatItsNodeStopped_IsToldByThePlanner()
    {
        ReplicaObservation ended = Replica with { State = ReplicaState.Ended }, fenced = ended with { FencedAt = DateTimeOffset.UnixEpoch };

        Assert.True(HealthWakes.Of([Change("ReplicaObservation", "r1", ended, fenced)]).Room);
        Assert.True(HealthWakes.Of([Change("ReplicaObservation", "r1", fenced with { State = ReplicaState.Starting }, fenced with { State = ReplicaState.Starting, StartedAt = DateTimeOffset.UnixEpoch })]).Room);
    }

    [Fact]
    public void Of_ANodeThatObeysMoreOrders_ConcernsThoseOrdersAlone()
    {
        var wakes = HealthWakes.Of([Change("NodeObservation", "eu/n1", Node, Node with { AppliedRevision = 20, AppliedTerm = 2 })]);

        Assert.Empty(wakes.Places);
        Assert.False(wakes.Room);
        ObeyedOrders obeyed = Assert.Single(wakes.Obeyed);
        Assert.Equal([false, true, true, false], ((long[])[10, 11, 20, 21]).Select(revision => obeyed.Includes(Placed(Place, revision))));
        Assert.False(obeyed.Includes(Placed(new(Place.Cluster, new("n2")), 15)));
        Assert.False(obeyed.Includes(Placed(new(new("us"), Place.Node), 15)));
        PlacedAssignment toTheCluster = Placed(Place, 15);
        Assert.True(obeyed.Includes(toTheCluster with { Order = toTheCluster.Order with { Node = null } }));
    }

    [Fact]
    public void Of_AnAgentThatBeginsAnew_ConcernsWhatItNoLongerSaysThatItObeys()
    {
        ObeyedOrders obeyed = Assert.Single(HealthWakes.Of([Change("NodeObservation", "eu/n1", Node, Node with { AppliedRevision = 0 })]).Obeyed);

        Assert.True(obeyed.Includes(Placed(Place, 10)));
        Assert.False(obeyed.Includes(Placed(Place, 11)));
    }

    [Theory]
    [MemberData(nameof(OtherChangesOfANode), DisableDiscoveryEnumeration = true)]
    public void Of_AnyOtherChangeOfANode_ConcernsTheRoomAndNoOrder(string what, Func<NodeObservation, NodeObservation> change)
    {
        var wakes = HealthWakes.Of([Change("NodeObservation", "eu/n1", Node, change(Node))]);

        Assert.True(wakes.Room, what);
        Assert.Empty(wakes.Places);
        Assert.Empty(wakes.Obeyed);
    }

    [Fact]
    public void Of_ANodeThatComesGoesOrOffersOtherThings_ConcernsAllThatIsThere()
    {
        FeedChange[] changes =
        [
            Change("NodeObservation", "eu/n1", null, Node),
            Change("NodeObservation", "eu/n1", Node, null),
            Change("NodeObservation", "eu/n1", Node, Node with { Capabilities = ["containers", "fencing"] }),
        ];

        Assert.All(changes, static change =>
        {
            var wakes = HealthWakes.Of([change]);
            Assert.Equal([(Place.Cluster, (NodeId?)Place.Node)], wakes.Places);
        });
    }

    [Theory]
    [InlineData("eu", false)]
    [InlineData("eu/n1", true)]
    public void Of_AVerdict_ConcernsAllThatIsThere(string key, bool ofANode)
    {
        var verdict = new Verdict { Cluster = Place.Cluster, Node = ofANode ? Place.Node : null, State = VerdictState.Suspect, Revision = 3, Reason = "silent" };
        var wakes = HealthWakes.Of([Change("Verdict", key, null, verdict)]);

        Assert.Equal([(Place.Cluster, ofANode ? Place.Node : (NodeId?)null)], wakes.Places);
    }

    private static PlacedAssignment Placed(NodeKey place, long revision) => new(PlainOrder.Of(Web, "uid", place, 1), revision);

    private static FeedChange Change<T>(string kind, string key, T? before, T? after) where T : class
    {
        return new(kind, key, Item(before), Item(after));

        FeedItem? Item(T? value) => value is null ? null : new FeedItem(key, 1, JsonSerializer.SerializeToUtf8Bytes(value, DomainJson.Options));
    }
}
