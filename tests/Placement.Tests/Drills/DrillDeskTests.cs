using System.Runtime.CompilerServices;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Domain.Drills;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Drills;
using Federation.Storage;
using Federation.Storage.Logs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Placement.Tests.Drills;

/// <summary>A drill is on record before anyone obeys it, one at a time, and over when its time has come, whoever is there to end it.</summary>
public sealed class DrillDeskTests : IAsyncLifetime
{
    private static readonly StoreWrite Audit = new(new("AuditRecord", "system/1"), "{}"u8.ToArray());
    private readonly Clock _clock = new();
    private IStore _store = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Begin_WhileOneGoesOn_IsRefused()
    {
        DrillDesk desk = Desk();
        Drill drill = (await desk.BeginAsync(new("us"), TimeSpan.FromSeconds(60), "ann", Audit, Ct))!;
        Assert.True(desk.Covers(new("us")));
        Assert.False(desk.Covers(new("eu")));
        Assert.Null(await desk.BeginAsync(new("eu"), TimeSpan.FromSeconds(60), "ann", Audit, Ct));
        Assert.Equal("bob", (await desk.StopAsync(drill.Id, "bob", Ct))!.EndedBy);
        Assert.False(desk.Covers(new("us")));
        Assert.Null(await desk.StopAsync(drill.Id, "bob", Ct));
        Assert.NotNull(await desk.BeginAsync(new("eu"), TimeSpan.FromSeconds(60), "ann", Audit, Ct));
    }

    [Fact]
    public async Task Covers_ItsTimeHasCome_CutsNobodyOffThoughNobodyEndedIt()
    {
        await Desk().BeginAsync(new("us"), TimeSpan.FromSeconds(60), "ann", Audit, Ct);
        _clock.Now += TimeSpan.FromSeconds(61);
        // Another process: it knows the record alone.
        DrillDesk after = Desk();
        Assert.NotNull(after.Active);
        Assert.False(after.Covers(new("us")));
    }

    [Fact]
    public async Task Run_AfterARestart_EndsItAndSaysThatAPartWasNotSeen()
    {
        Drill drill = (await Desk().BeginAsync(new("us"), TimeSpan.FromSeconds(60), "ann", Audit, Ct))!;
        _clock.Now += TimeSpan.FromSeconds(61);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task running = Desk().RunAsync(end.Token);
        await foreach (StoreWatchBatch _ in _store.WatchAsync(null, [Kinds.Drill], Ct))
            if (new PlacementState(_store.Current).Find<Drill>(Kinds.Drill, drill.Id)?.EndedAt is not null) break;
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Drill over = new PlacementState(_store.Current).Find<Drill>(Kinds.Drill, drill.Id)!;
        Assert.Null(over.EndedBy);
        Assert.True(over.Findings!.Partial);
    }

    private DrillDesk Desk() => new(
        _store, new FeedFollower("health", new Silent(), ObservedWorld.FollowedKinds, _clock, SecureChance.Instance, NullLogger.Instance), _clock, SecureChance.Instance);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Silent : IFeedSource
    {
        public async IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            yield break;
        }
    }
}
