namespace Federation.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Snapshot_KeptAcrossWrites_DoesNotChange()
    {
        var store = await OpenAsync();
        await WriteAsync(store, Put("a", "1"), Put("b", "1"));
        var kept = store.Current;
        await WriteAsync(store, Put("a", "2"), Delete("b"), Put("c", "1"));
        Assert.Equal("1", Body(kept, "a"));
        Assert.Equal(["a", "b"], kept.List("Thing").Select(document => document.Key.Key));
        Assert.Equal(["a", "c"], store.Current.List("Thing").Select(document => document.Key.Key));
    }

    [Fact]
    public async Task List_PrefixAndAfter_GivesOrdinalOrderFromThere()
    {
        var store = await OpenAsync();
        await WriteAsync(store, Put("t/n/b", "1"), Put("t/n/a", "1"), Put("t/n/B", "1"), Put("t/m/z", "1"), Put("t/n2/a", "1"), Put("t/n/é", "1"));
        Assert.Equal(["t/n/B", "t/n/a", "t/n/b", "t/n/é"], Keys(store.Current.List("Thing", "t/n/")));
        Assert.Equal(["t/n/b", "t/n/é"], Keys(store.Current.List("Thing", "t/n/", "t/n/a")));
        Assert.Equal(["t/n/b", "t/n/é"], Keys(store.Current.List("Thing", "t/n/", "t/n/aa")));
        Assert.Equal(["t/n/B", "t/n/a", "t/n/b", "t/n/é"], Keys(store.Current.List("Thing", "t/n/", "a")));
        Assert.Empty(store.Current.List("Thing", "t/n/", "t/o"));
        Assert.Empty(store.Current.List("Other"));

        static IEnumerable<string> Keys(IEnumerable<StoredDocument> documents) => documents.Select(document => document.Key.Key);
    }

    [Fact]
    public async Task Snapshot_AgainstAPlainSortedMap_AgreesThroughRandomEdits()
    {
        var store = await OpenAsync();
        var random = new Random(20261121);
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int round = 0; round < 60; round++)
        {
            // Rounds of growth, of shrinking to nothing, and of both, so that nodes split, join and vanish.
            int deletions = (round / 20) switch { 0 => 10, 1 => 70, _ => 50 };
            var writes = new SortedDictionary<string, StoreWrite>(StringComparer.Ordinal);
            for (int i = 0; i < 60; i++)
            {
                string key = random.Next(100) < deletions && model.Count > 0 ? model.Keys.ElementAt(random.Next(model.Count)) : $"{random.Next(3_000)}";
                if (random.Next(100) < deletions) writes[key] = Delete(key);
                else writes[key] = Put(key, $"{round}.{i}");
            }
            foreach ((string key, var write) in writes)
            {
                if (write.Body is { } body) model[key] = System.Text.Encoding.UTF8.GetString(body.Span);
                else model.Remove(key);
            }
            await WriteAsync(store, [.. writes.Values]);
            Assert.Equal(model.Select(pair => (pair.Key, (string?)pair.Value)), store.Current.List("Thing").Select(document => (document.Key.Key, Body(store.Current, document.Key.Key))));
            string from = $"{random.Next(3_000)}";
            Assert.Equal(model.Keys.Where(key => string.CompareOrdinal(key, from) > 0), store.Current.List("Thing", "", from).Select(document => document.Key.Key));
        }
        await WriteAsync(store, [.. model.Keys.Select(Delete)]);
        Assert.Empty(store.Current.List("Thing"));
    }
}
