using Federation.Domain.Chance;
using Federation.Domain.Observation;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Storage;
using Federation.Storage.Logs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Placement.Tests.Feeding;

/// <summary>Health as Placement follows it: it has told of some replicas, and of more until it is silenced.</summary>
internal sealed class HealthFeed : IAsyncDisposable
{
    private readonly CancellationTokenSource _silence = new();
    private readonly IStore _store;
    private readonly Task _following;

    private HealthFeed(IStore store, TimeProvider time)
    {
        _store = store;
        Follower = new("health", new StoreFeed(store, static document => document.Body, time), ObservedWorld.FollowedKinds, time, SecureChance.Instance, NullLogger.Instance);
        var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Follower.Changed += (_, _) => known.TrySetResult();
        _following = Follower.RunAsync(_silence.Token);
        Known = known.Task;
    }

    public FeedFollower Follower { get; }

    private Task Known { get; }

    public static Task<HealthFeed> OfAsync(TimeProvider time, params ReplicaObservation[] replicas) =>
        OfAsync(time, [.. replicas.Select(static replica => PlacementState.Put("ReplicaObservation", replica.Id.Value, replica))]);

    public static async Task<HealthFeed> OfAsync(TimeProvider time, StoreWrite[] observed)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        IStore store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, ct);
        await store.CommitAsync(new StoreTransaction { Writes = observed }, ct);
        var feed = new HealthFeed(store, time);
        await feed.Known.WaitAsync(ct);
        return feed;
    }

    /// <summary>Nothing more is heard of it.</summary>
    public async Task SilenceAsync()
    {
        await _silence.CancelAsync();
        await _following;
    }

    public async ValueTask DisposeAsync()
    {
        await SilenceAsync();
        await _store.DisposeAsync();
        _silence.Dispose();
    }
}
