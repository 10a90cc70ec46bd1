namespace Federation.Storage.Tests.Commits;

public sealed class GroupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DocumentKey Thing(string key) => new("Thing", key);

    private static Task<CommitOutcome> PutAsync(DocumentStore store, string key, long? condition = null, int size = 1) => store.CommitAsync(new()
    {
        Conditions = condition is { } revision ? [new(Thing(key), revision)] : [],
        Writes = [new(Thing(key), new byte[size])],
    }, Cancel);

    [Fact]
    public async Task Commit_NotYetDurable_IsNeitherVisibleNorAcknowledged()
    {
        var log = new ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, null, Cancel);
        var commit = PutAsync(store, "a");
        var append = await log.NextAsync();
        Assert.Null(store.Current.Get(Thing("a")));
        Assert.False(commit.IsCompleted);
        append.Succeed();
        Assert.Equal(new CommitOutcome.Committed(1), await commit);
        Assert.NotNull(store.Current.Get(Thing("a")));
    }

    [Fact]
    public async Task Commit_WhileTheDiskIsBusy_AllWaitersShareTheNextGroup()
    {
        var log = new ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, null, Cancel);
        var first = PutAsync(store, "first");
        var append = await log.NextAsync();
        var rest = Enumerable.Range(0, 40).Select(i => PutAsync(store, $"n{i}")).ToList();
        append.Succeed();
        await first;
        var group = await log.NextAsync();
        Assert.Equal((1L, 41L, 40), (group.Group.PreviousRevision, group.Group.Revision, group.Group.Changes.Count));
        group.Succeed();
        await Task.WhenAll(rest);
    }

    [Fact]
    public async Task Commit_GroupBounds_CloseAGroupByCountAndByBytes()
    {
        var log = new ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, new() { GroupTransactions = 3, GroupBytes = 1_000 }, Cancel);
        var commits = new List<Task> { PutAsync(store, "first") };
        var append = await log.NextAsync();
        for (int i = 0; i < 4; i++) commits.Add(PutAsync(store, $"small{i}"));
        commits.Add(PutAsync(store, "large", size: 999));
        commits.Add(PutAsync(store, "too large for any group", size: 5_000));
        var sizes = new List<int>();
        for (int groups = 0; groups < 4; groups++)
        {
            append.Succeed();
            append = await log.NextAsync();
            sizes.Add(append.Group.Changes.Count);
            if (sizes.Sum() == 6) break;
        }
        append.Succeed();
        await Task.WhenAll(commits);
        Assert.Equal([3, 2, 1], sizes);
    }

    [Fact]
    public async Task Commit_LogRefusesTheGroup_FailsOnlyItAndLeavesNothing()
    {
        var log = new ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, null, Cancel);
        await using var watch = store.WatchAsync(null, ["Thing"], Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await watch.MoveNextAsync());
        var before = store.Current;

        var refused = PutAsync(store, "a");
        (await log.NextAsync()).Fail(new StoreUnavailableException("the disk is full"));
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(() => refused);
        Assert.Equal("the disk is full", thrown.Message);
        Assert.Same(before, store.Current);

        var next = PutAsync(store, "b", condition: 0);
        var append = await log.NextAsync();
        Assert.Equal((0L, 1L), (append.Group.PreviousRevision, append.Group.Revision));
        append.Succeed();
        Assert.Equal(new CommitOutcome.Committed(1), await next);
        Assert.True(await watch.MoveNextAsync());
        var changes = Assert.IsType<StoreWatchBatch.Changes>(watch.Current);
        Assert.Equal([Thing("b")], changes.Items.Select(change => change.Key));
    }

    [Fact]
    public async Task Commit_ConflictWithARefusedWrite_FallsWithItAndAConflictWithTheVisibleStays()
    {
        var log = new ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, null, Cancel);
        var visible = PutAsync(store, "visible");
        var append = await log.NextAsync();
        var refused = PutAsync(store, "a", condition: 0);
        var conflictWithRefused = PutAsync(store, "a", condition: 0);
        var conflictWithVisible = PutAsync(store, "visible", condition: 0);
        append.Succeed();
        await visible;
        (await log.NextAsync()).Fail(new StoreUnavailableException("full"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => refused);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => conflictWithRefused);
        Assert.Equal(new CommitOutcome.Conflict(Thing("visible"), 0, 1), await conflictWithVisible);
    }

    [Fact]
    public async Task Commit_LogFailsUnexpectedly_IsToldToTheCallerAndTheStoreServesOn()
    {
        var log = new ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, null, Cancel);
        var commit = PutAsync(store, "a");
        (await log.NextAsync()).Fail(new InvalidOperationException("a bug"));
        Assert.IsType<InvalidOperationException>((await Assert.ThrowsAsync<StoreUnavailableException>(() => commit)).InnerException);
        var again = PutAsync(store, "a");
        (await log.NextAsync()).Succeed();
        await again;
    }

    [Fact]
    public async Task Commit_ConditionsOnly_AsksTheLogWhetherItStillLeads()
    {
        var log = new ScriptedLog();
        await using var store = await DocumentStore.OpenAsync(log, null, Cancel);
        var check = store.CommitAsync(new() { Conditions = [new(Thing("a"), 0)], Writes = [] }, Cancel);
        var append = await log.NextAsync();
        Assert.Empty(append.Group.Changes);
        append.Fail(new StoreFencedException("another leads"));
        await Assert.ThrowsAsync<StoreFencedException>(() => check);
    }

    [Fact]
    public async Task Commit_Fenced_FailsEveryWaiterAndEveryLaterCommitAndEndsTheWatches()
    {
        var log = new ScriptedLog();
        var store = await DocumentStore.OpenAsync(log, null, Cancel);
        await using var watch = store.WatchAsync(null, ["Thing"], Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await watch.MoveNextAsync());
        var waiting = watch.MoveNextAsync().AsTask();
        var first = PutAsync(store, "a");
        var append = await log.NextAsync();
        var queued = PutAsync(store, "b");
        var compaction = store.CompactAsync(1, Cancel);
        append.Fail(new StoreFencedException("another leads"));
        await Assert.ThrowsAsync<StoreFencedException>(() => first);
        await Assert.ThrowsAsync<StoreFencedException>(() => queued);
        await Assert.ThrowsAsync<StoreFencedException>(() => compaction);
        await Assert.ThrowsAsync<StoreFencedException>(() => PutAsync(store, "c"));
        await Assert.ThrowsAsync<StoreFencedException>(() => waiting);
        Assert.Equal(0, store.Current.Revision);
        await store.DisposeAsync();
        Assert.True(log.IsDisposed);
    }

    [Fact]
    public async Task Open_Fails_DisposesTheLog()
    {
        var log = new FailingLog();
        await Assert.ThrowsAsync<StoreOpenException>(() => DocumentStore.OpenAsync(log, null, Cancel));
        Assert.True(log.IsDisposed);
    }

    private sealed class FailingLog : Logs.ICommitLog
    {
        public bool IsDisposed { get; private set; }

        public Task<Logs.CommitLogState> OpenAsync(CancellationToken cancellationToken) => throw new StoreOpenException(StoreOpenFailure.Locked, "locked");

        public Task AppendAsync(Logs.CommitGroup group, CancellationToken cancellationToken) => throw new InvalidOperationException("not open");

        public Task CompactAsync(long beforeRevision, CancellationToken cancellationToken) => throw new InvalidOperationException("not open");

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
