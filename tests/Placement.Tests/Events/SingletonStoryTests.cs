using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Placement.Documents;
using Federation.Placement.Events;
using Federation.Placement.Tests.Feeding;
using Federation.Storage;
using Federation.Storage.Logs;
using Federation.TestKit.Time;

namespace Federation.Placement.Tests.Events;

/// <summary>A singleton that its node stopped with its lease is told of, and that it runs again, once each.</summary>
public sealed class SingletonStoryTests : IAsyncLifetime
{
    private static readonly WorkloadKey One = new(new("acme"), "shop", "one");
    private static readonly DateTimeOffset Fenced = new(2030, 1, 1, 8, 30, 15, TimeSpan.Zero);
    private readonly VirtualTime _time = new();
    private IStore _store = null!;
    private SingletonStory _story = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);
        _story = new SingletonStory(new EventJournal(_time, SecureChance.Instance));
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Tell_SingletonStoppedWithTheLease_SaysWhoWhereWhenAndWhyAndThatItRunsAgain()
    {
        await TellAsync(Replica(ReplicaState.Ready));
        Assert.Empty(Told());
        await TellAsync(Replica(ReplicaState.BackOff, Fenced));
        EventRecord ended = Assert.Single(Told());
        Assert.Equal(("Warning", "LeaseEnded", "Workload shop/one", "placement"), (ended.Type, ended.Reason, ended.Object, ended.Source));
        Assert.StartsWith("one-1 was stopped by its node west/n1 at 08:30:15Z: the node's lease had ended, since Health had not renewed it", ended.Message, StringComparison.Ordinal);
        await TellAsync(Replica(ReplicaState.Starting, Fenced, Fenced.AddSeconds(20)));
        Assert.Equal(["LeaseEnded", "BegunAnew"], Told().Select(record => record.Reason));
        Assert.Equal("one-1 was started anew by its node west/n1 at 08:30:35Z, under a new lease", Told()[1].Message);
    }

    [Fact]
    public async Task Tell_TheSameAgainAndAfterARestart_AddsNothing()
    {
        ReplicaObservation back = Replica(ReplicaState.Ready, Fenced, Fenced.AddSeconds(20));
        await TellAsync(back);
        await TellAsync(back);
        _story = new SingletonStory(new EventJournal(_time, SecureChance.Instance));
        await TellAsync(back);
        Assert.Equal(["LeaseEnded", "BegunAnew"], Told().Select(record => record.Reason));
        await TellAsync(Replica(ReplicaState.BackOff, Fenced.AddMinutes(5)));
        Assert.Equal(["LeaseEnded", "BegunAnew", "LeaseEnded"], Told().Select(record => record.Reason));
    }

    [Fact]
    public async Task Tell_WhatCouldNotBeKept_IsToldAgain()
    {
        await using HealthFeed health = await HealthFeed.OfAsync(_time, Replica(ReplicaState.BackOff, Fenced));
        var observed = new ObservedWorld(health.Follower.Current);
        Assert.Single(_story.Tell([One], observed, _store.Current));
        Assert.Single(_story.Tell([One], observed, _store.Current));
        _story.Told();
        Assert.Empty(_story.Tell([One], observed, _store.Current));
    }

    private async Task TellAsync(ReplicaObservation replica)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await using HealthFeed health = await HealthFeed.OfAsync(_time, replica);
        IReadOnlyList<StoreWrite> writes = _story.Tell([One, new(new("acme"), "shop", "other")], new ObservedWorld(health.Follower.Current), _store.Current);
        _story.Told();
        if (writes.Count > 0) Assert.IsType<CommitOutcome.Committed>(await _store.CommitAsync(new StoreTransaction { Writes = writes }, Ct));
    }

    private EventRecord[] Told() => [.. new PlacementState(_store.Current).All<EventRecord>(Kinds.Event)];

    private static ReplicaObservation Replica(ReplicaState state, DateTimeOffset? fencedAt = null, DateTimeOffset? startedAt = null) => new()
    {
        Id = new("one-1"),
        Assignment = new("uid.west.n1"),
        Workload = One,
        Cluster = new("west"),
        Node = new NodeId("n1"),
        Revision = new("r1"),
        State = state,
        FencedAt = fencedAt,
        StartedAt = startedAt,
    };
}
