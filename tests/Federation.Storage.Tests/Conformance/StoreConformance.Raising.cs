using System.Text;

namespace Federation.Storage.Tests.Conformance;

/// <content>A store that was restored is lifted above its earlier life, and its whole content can be copied.</content>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task Raise_Higher_LiftsTermAndRevisionAndGoesOnFromThere()
    {
        IStore store = await OpenAsync();
        long before = await WriteAsync(store, Put("a", "1"));
        await store.RaiseAsync(store.Term + 100, before + 1_000, Cancel);
        Assert.Equal(before + 1_000, store.Current.Revision);
        Assert.Equal(before + 1_001, await WriteAsync(store, Put("b", "2")));
        Assert.Equal("1", Body(store.Current, "a"));
        await store.RaiseAsync(1, 1, Cancel);
        Assert.Equal(before + 1_001, store.Current.Revision);
    }

    [Fact]
    public async Task Raise_Follower_SeesTheRevisionAndMissesNothing()
    {
        IStore store = await OpenAsync();
        long before = await WriteAsync(store, Put("a", "1"));
        await using IAsyncEnumerator<StoreWatchBatch> watch = store.WatchAsync(At(store, before), Kinds, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await watch.MoveNextAsync());
        await store.RaiseAsync(store.Term, before + 50, Cancel);
        await WriteAsync(store, Put("b", "2"));
        var seen = new List<string>();
        long at = 0;
        while (at < before + 51)
        {
            Assert.True(await watch.MoveNextAsync());
            var changes = Assert.IsType<StoreWatchBatch.Changes>(watch.Current);
            seen.AddRange(changes.Items.Select(change => change.Key.Key));
            at = changes.Revision;
        }
        Assert.Equal(["b"], seen);
    }

    [Fact]
    public async Task Raise_ThenReopened_IsStillThere()
    {
        if (!IsDurable) return;
        IStore store = await OpenAsync();
        await WriteAsync(store, Put("a", "1"));
        await store.RaiseAsync(500, 9_000, Cancel);
        await WriteAsync(store, Put("b", "2"));
        await store.DisposeAsync();
        IStore again = await OpenAsync();
        Assert.True(again.Term > 500);
        Assert.Equal(9_001, again.Current.Revision);
        Assert.Equal(("1", "2"), (Body(again.Current, "a"), Body(again.Current, "b")));
    }

    [Fact]
    public async Task Copy_WhileOthersWrite_IsOfOneRevision()
    {
        IStore store = await OpenAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        // Both documents always say the same: a copy of two revisions would not.
        Task writing = WriteUntilAsync(store, end.Token);
        for (int i = 0; i < 20; i++)
        {
            StoreCopy copy = await CopyAsync(store);
            Assert.Equal(copy.Find(Thing("left"))?.Body.ToArray(), copy.Find(Thing("right"))?.Body.ToArray());
            Assert.Equal(store.Incarnation, copy.Head.Incarnation);
            Assert.All(copy.Documents, document => Assert.True(document.Revision <= copy.Head.Revision));
        }
        await end.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task Copy_CutOrChangedAnywhere_IsRefused()
    {
        IStore store = await OpenAsync();
        await WriteAsync(store, Put("a", "first"), Put("b", "second"));
        using var whole = new MemoryStream();
        await StoreCopy.WriteAsync(whole, "things", store, Cancel);
        byte[] bytes = whole.ToArray();
        for (int length = 0; length < bytes.Length; length += 7)
            await Assert.ThrowsAsync<InvalidDataException>(() => StoreCopy.ReadAsync(new MemoryStream(bytes[..length]), Cancel));
        int at = bytes.AsSpan().IndexOf("second"u8);
        bytes[at] ^= 1;
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => StoreCopy.ReadAsync(new MemoryStream(bytes), Cancel));
        Assert.Contains("digest", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<StoreCopy> CopyAsync(IStore store)
    {
        using var stream = new MemoryStream();
        await StoreCopy.WriteAsync(stream, "things", store, Cancel);
        stream.Position = 0;
        return await StoreCopy.ReadAsync(stream, Cancel);
    }

    private static async Task WriteUntilAsync(IStore store, CancellationToken end)
    {
        for (int i = 0; !end.IsCancellationRequested; i++)
        {
            string text = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await store.CommitAsync(new() { Writes = [new(Thing("left"), Encoding.UTF8.GetBytes(text)), new(Thing("right"), Encoding.UTF8.GetBytes(text))] }, Cancel);
        }
    }
}
