using Federation.Contracts.V1;
using Federation.Grpc.Streams;
using Federation.Storage;
using Federation.Storage.Logs;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Feeds.Tests;

public class FeedTests
{
    private sealed record Thing(string Text);

    [Fact]
    public async Task Follow_FullSetThenChanges_HoldsWhatTheOwnerHas()
    {
        await using IStore store = await NewStoreAsync();
        await PutAsync(store, "a", "1");
        await PutAsync(store, "b", "1");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        FeedFollower follower = Follower(new StoreFeed(store, document => document.Body, TimeProvider.System));
        Task run = follower.RunAsync(stop.Token);
        await UntilAsync(() => follower.Current.OfKind("Thing").Count == 2);

        await PutAsync(store, "a", "2");
        await store.CommitAsync(new StoreTransaction { Writes = [new(new DocumentKey("Thing", "b"), null)] }, stop.Token);
        await UntilAsync(() => follower.Current.OfKind("Thing").Count == 1 && follower.Current.Find<Thing>("Thing", "a")?.Text == "2");
        stop.Cancel();
        await run;
    }

    [Fact]
    public async Task Follow_OwnerBeginsAnew_DropsWhatItNoLongerLists()
    {
        await using IStore first = await NewStoreAsync();
        await PutAsync(first, "gone", "1");
        await using IStore second = await NewStoreAsync();
        await PutAsync(second, "new", "1");
        var source = new SwitchedSource(new StoreFeed(first, document => document.Body, TimeProvider.System));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        FeedFollower follower = Follower(source);
        Task run = follower.RunAsync(stop.Token);
        await UntilAsync(() => follower.Current.OfKind("Thing").ContainsKey("gone"));
        source.SwitchTo(new StoreFeed(second, document => document.Body, TimeProvider.System));
        await UntilAsync(() => follower.Current.OfKind("Thing").Keys.SequenceEqual(["new"]));
        Assert.Equal(second.Incarnation, follower.Current.Incarnation);
        stop.Cancel();
        await run;
    }

    [Fact]
    public async Task Follow_LostContact_KeepsWhatItHoldsAndSaysItIsNotFresh()
    {
        await using IStore store = await NewStoreAsync();
        await PutAsync(store, "a", "1");
        var source = new SwitchedSource(new StoreFeed(store, document => document.Body, TimeProvider.System));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        FeedFollower follower = Follower(source);
        Task run = follower.RunAsync(stop.Token);
        await UntilAsync(() => follower.IsFresh(TimeSpan.FromMinutes(1)));
        source.SwitchTo(null);
        await UntilAsync(() => !follower.IsFresh(TimeSpan.FromMilliseconds(50)));
        Assert.NotNull(follower.Current.Find<Thing>("Thing", "a"));
        stop.Cancel();
        await run;
    }

    private static FeedFollower Follower(IFeedSource source) =>
        new("owner", source, ["Thing"], TimeProvider.System, new SeededChance(1), NullLogger.Instance);

    private static async Task<IStore> NewStoreAsync() =>
        await DocumentStore.OpenAsync(new MemoryCommitLog(Domain.Chance.SecureChance.Instance), null, TestContext.Current.CancellationToken);

    private static Task PutAsync(IStore store, string key, string text) => store.CommitAsync(
        new StoreTransaction { Writes = [new(new DocumentKey("Thing", key), StoreDocuments.Encode(new Thing(text)))] }, TestContext.Current.CancellationToken);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }

    private sealed class SwitchedSource(IFeedSource? source) : IFeedSource
    {
        private IFeedSource? _source = source;
        private CancellationTokenSource _switched = new();

        public void SwitchTo(IFeedSource? next)
        {
            _source = next;
            CancellationTokenSource before = _switched;
            _switched = new();
            before.Cancel();
        }

        public async IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (_source is not { } present) throw new StreamBrokenException("the owner is away");
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _switched.Token);
            await using IAsyncEnumerator<FeedMessage> messages = present.WatchAsync(request, both.Token).GetAsyncEnumerator(both.Token);
            while (true)
            {
                try
                {
                    if (!await messages.MoveNextAsync()) yield break;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new StreamBrokenException("the owner went away");
                }
                yield return messages.Current;
            }
        }
    }
}
