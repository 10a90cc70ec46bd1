namespace Federation.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Open_Again_ServesWhatWasAcknowledgedOrIsANewIncarnation()
    {
        var first = await OpenAsync();
        await WriteAsync(first, Put("a", "1"), Put("b", "1"));
        await WriteAsync(first, Put("a", "2"));
        long revision = await WriteAsync(first, Delete("b"));
        await first.DisposeAsync();

        var second = await OpenAsync();
        if (!IsDurable)
        {
            Assert.NotEqual(first.Incarnation, second.Incarnation);
            Assert.Empty(second.Current.List("Thing"));
            return;
        }
        Assert.Equal(first.Incarnation, second.Incarnation);
        Assert.True(second.Term > first.Term, "each opening raises the term");
        Assert.Equal(revision, second.Current.Revision);
        var document = Assert.Single(second.Current.List("Thing"));
        Assert.Equal((Thing("a"), revision - 1, revision - 2), (document.Key, document.Revision, document.CreatedRevision));
        Assert.Equal("2", Body(second.Current, "a"));
        Assert.Equal(revision + 1, await WriteAsync(second, Put("c", "1")));
    }

    [Fact]
    public async Task Dispose_WithWritesWaiting_WritesThemThenRefuses()
    {
        var store = await OpenAsync();
        var commits = Enumerable.Range(0, 100).Select(i => CommitAsync(store, Put($"n{i}", "x"))).ToList();
        await store.DisposeAsync();
        foreach (var commit in commits) Assert.IsType<CommitOutcome.Committed>(await commit);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => CommitAsync(store, Put("late", "x")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.CompactAsync(1, Cancel));
        Assert.Equal(100, store.Current.List("Thing").Count());
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Open_Cancelled_LeavesTheStoreFree()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DocumentStore.OpenAsync(Log(), null, source.Token));
        await WriteAsync(await OpenAsync(), Put("a", "1"));
    }
}
