namespace Federation.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Watch_NoCursor_ListsAndThenFollows()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        await using var watch = store.WatchAsync(null, Kinds, Cancel).GetAsyncEnumerator(Cancel);
        var relist = Assert.IsType<StoreWatchBatch.Relist>(await NextAsync(watch));
        Assert.Equal(revision, relist.Snapshot.Revision);

        var next = NextAsync(watch);
        await WriteAsync(store, Put("a", "2"), Put("b", "1"));
        var changes = Assert.IsType<StoreWatchBatch.Changes>(await next);
        Assert.Equal(revision + 1, changes.Revision);
        Assert.Equal([Thing("a"), Thing("b")], changes.Items.Select(change => change.Key));
        Assert.Equal(revision, changes.Items[0].Previous!.Revision);
        Assert.Null(changes.Items[1].Previous);
    }

    [Fact]
    public async Task Watch_FromACursor_GivesEveryChangeSinceInOrder()
    {
        var store = await OpenAsync();
        long from = await WriteAsync(store, Put("a", "1"));
        await WriteAsync(store, Put("a", "2"));
        await WriteAsync(store, Delete("a"));
        long to = await WriteAsync(store, Put("a", "3"));
        var changes = Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(store, At(store, from)));
        Assert.Equal([from + 1, from + 2, from + 3], changes.Items.Select(change => change.Revision));
        Assert.Null(changes.Items[1].Document);
        Assert.Equal(from + 1, changes.Items[1].Previous!.Revision);
        Assert.Equal(to, changes.Revision);
    }

    [Fact]
    public async Task Watch_FromTheNewest_SaysSoAtOnce()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        var changes = Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(store, At(store, revision)));
        Assert.Equal(revision, changes.Revision);
        Assert.Empty(changes.Items);
    }

    [Fact]
    public async Task Watch_OtherKinds_OnlyMovesTheCursor()
    {
        var store = await OpenAsync();
        long from = await WriteAsync(store, Put("a", "1"));
        long to = await WriteAsync(store, new StoreWrite(new("Other", "o"), "x"u8.ToArray()));
        var changes = Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(store, At(store, from)));
        Assert.Equal(to, changes.Revision);
        Assert.Empty(changes.Items);
    }

    [Fact]
    public async Task Watch_AnotherIncarnationsCursor_ListsAnew()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        Assert.IsType<StoreWatchBatch.Relist>(await FirstAsync(store, new StoreCursor("another", revision)));
    }

    [Fact]
    public async Task Watch_CursorInTheFuture_ListsAnew()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        Assert.IsType<StoreWatchBatch.Relist>(await FirstAsync(store, At(store, revision + 1)));
    }

    [Fact]
    public async Task Watch_CompactedCursor_ListsAnewAndANewerOneGoesOn()
    {
        var store = await OpenAsync();
        long first = await WriteAsync(store, Put("a", "1"));
        for (int i = 0; i < 5; i++) await WriteAsync(store, Put("a", $"{i}"));
        await store.CompactAsync(first + 3, Cancel);
        Assert.IsType<StoreWatchBatch.Relist>(await FirstAsync(store, At(store, first + 1)));
        var kept = Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(store, At(store, first + 2)));
        Assert.Equal([first + 3, first + 4, first + 5], kept.Items.Select(change => change.Revision));
        Assert.Equal("4", Body(store.Current, "a"));
    }

    [Fact]
    public async Task Watch_CompactedBeyondTheNewest_KeepsServing()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        await store.CompactAsync(revision + 100, Cancel);
        Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(store, At(store, revision)));
        long next = await WriteAsync(store, Put("a", "2"));
        var changes = Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(store, At(store, revision)));
        Assert.Equal([next], changes.Items.Select(change => change.Revision));
    }

    [Fact]
    public async Task Watch_AfterReopening_NewestCursorGoesOnAndAnOlderOneListsAnew()
    {
        var first = await OpenAsync();
        await WriteAsync(first, Put("a", "1"));
        var cursor = At(first, await WriteAsync(first, Put("a", "2")));
        await first.DisposeAsync();
        var second = await OpenAsync();
        if (IsDurable) Assert.Empty(Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(second, cursor)).Items);
        else Assert.IsType<StoreWatchBatch.Relist>(await FirstAsync(second, cursor));
        Assert.IsType<StoreWatchBatch.Relist>(await FirstAsync(second, cursor with { Revision = cursor.Revision - 1 }));
    }

    [Fact]
    public async Task Watch_SlowFollowerBehindTheHistory_ListsAnewAndWritersNeverWait()
    {
        var store = await OpenAsync(new() { HistoryChanges = 10 });
        await using var watch = store.WatchAsync(null, Kinds, Cancel).GetAsyncEnumerator(Cancel);
        await NextAsync(watch);
        for (int i = 0; i < 11; i++) await WriteAsync(store, Put("a", $"{i}"));
        var relist = Assert.IsType<StoreWatchBatch.Relist>(await NextAsync(watch));
        Assert.Equal("10", Body(relist.Snapshot, "a"));

        for (int i = 0; i < 10; i++) await WriteAsync(store, Put("a", $"{i}"));
        var merged = Assert.IsType<StoreWatchBatch.Changes>(await NextAsync(watch));
        Assert.Equal(10, merged.Items.Count);
    }

    [Fact]
    public async Task Watch_HistoryBoundedByBytes_ForgetsWholeTransactions()
    {
        var store = await OpenAsync(new() { HistoryBytes = 10_000 });
        long from = await WriteAsync(store, Put("a", "1"));
        await WriteAsync(store, Enumerable.Range(0, 20).Select(i => Put($"n{i}", new string('x', 1_000))).ToArray());
        Assert.IsType<StoreWatchBatch.Relist>(await FirstAsync(store, At(store, from)));
        Assert.IsType<StoreWatchBatch.Changes>(await FirstAsync(store, At(store, from + 1)));
    }

    [Fact]
    public async Task Watch_UnderManyWriters_ReplayingItGivesTheStoreWithoutAGap()
    {
        var store = await OpenAsync();
        var replayed = new SortedDictionary<DocumentKey, StoredDocument>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        const int writers = 12, each = 40;
        var follower = Task.Run(async () =>
        {
            long seen = 0, revisionOfLast = 0;
            await foreach (var batch in store.WatchAsync(null, Kinds, ended.Token))
            {
                if (batch is StoreWatchBatch.Relist relist)
                {
                    replayed.Clear();
                    foreach (var document in relist.Snapshot.List("Thing")) replayed[document.Key] = document;
                    seen = revisionOfLast = relist.Snapshot.Revision;
                }
                else if (batch is StoreWatchBatch.Changes changes)
                {
                    foreach (var change in changes.Items)
                    {
                        // Two documents a transaction, always both kinds watched: a revision is never skipped.
                        Assert.InRange(change.Revision, revisionOfLast, revisionOfLast + 1);
                        revisionOfLast = change.Revision;
                        Assert.Equal(replayed.GetValueOrDefault(change.Key)?.Revision, change.Previous?.Revision);
                        if (change.Document is { } document) replayed[change.Key] = document;
                        else replayed.Remove(change.Key);
                    }
                    Assert.True(changes.Revision >= seen);
                    Assert.True(store.Current.Revision >= changes.Revision, "a follower is never ahead of the visible state");
                    seen = changes.Revision;
                }
                if (seen == writers * each) return;
            }
        }, Cancel);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(n => Task.Run(async () =>
        {
            for (int i = 0; i < each; i++) await CommitAsync(store, Put($"{n}", $"{i}"), Put($"{i % 7}-{n}", $"{i}"));
        }, Cancel)));
        await follower;
        Assert.Equal(store.Current.List("Thing").ToList(), replayed.Values.ToList());
    }

    [Fact]
    public async Task Watch_Cancelled_EndsWithCancellation()
    {
        var store = await OpenAsync();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var watch = store.WatchAsync(null, Kinds, source.Token).GetAsyncEnumerator(Cancel);
        await NextAsync(watch);
        var next = watch.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await WriteAsync(store, Put("a", "1"));
    }

    [Fact]
    public async Task Watch_StoreDisposed_YieldsTheRestAndEnds()
    {
        var store = await OpenAsync();
        await using var watch = store.WatchAsync(null, Kinds, Cancel).GetAsyncEnumerator(Cancel);
        await NextAsync(watch);
        var last = CommitAsync(store, Put("a", "1"));
        await store.DisposeAsync();
        await last;
        var changes = Assert.IsType<StoreWatchBatch.Changes>(await NextAsync(watch));
        Assert.Single(changes.Items);
        Assert.False(await watch.MoveNextAsync());
    }

    private static async Task<StoreWatchBatch> FirstAsync(IStore store, StoreCursor? after)
    {
        await using var watch = store.WatchAsync(after, Kinds, Cancel).GetAsyncEnumerator(Cancel);
        return await NextAsync(watch);
    }

    private static async Task<StoreWatchBatch> NextAsync(IAsyncEnumerator<StoreWatchBatch> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        return watch.Current;
    }
}
