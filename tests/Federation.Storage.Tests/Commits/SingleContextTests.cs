namespace Federation.Storage.Tests.Commits;

public sealed class SingleContextTests
{
    [Fact]
    public void Store_OnASynchronizationContext_NeverLeavesIt()
    {
        var log = new ScriptedLog { AnswersAtOnce = true };
        var threads = new HashSet<int>();
        int own = Environment.CurrentManagedThreadId;
        new PumpContext().Run(async () =>
        {
            using var ended = new CancellationTokenSource();
            var store = await DocumentStore.OpenAsync(log, new() { HistoryChanges = 20 }, ended.Token);
            var followers = Enumerable.Range(0, 3).Select(_ => FollowAsync(store, threads, ended.Token)).ToList();
            await Task.WhenAll(Enumerable.Range(0, 10).Select(writer => WriteAsync(store, writer, threads)));
            await store.CompactAsync(50, ended.Token);
            threads.Add(Environment.CurrentManagedThreadId);
            await ended.CancelAsync();
            foreach (var follower in followers) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower);
            threads.Add(Environment.CurrentManagedThreadId);
            await store.DisposeAsync();
            threads.Add(Environment.CurrentManagedThreadId);
        });
        Assert.Equal([own], threads);
        Assert.Equal([own], log.Threads.Distinct());
    }

    private static async Task WriteAsync(DocumentStore store, int writer, HashSet<int> threads)
    {
        using var abandoned = new CancellationTokenSource();
        for (int i = 0; i < 20; i++)
        {
            var commit = store.CommitAsync(new() { Writes = [new(new("Thing", $"{writer}"), new byte[1])] }, abandoned.Token);
            if (i == 19) await abandoned.CancelAsync();
            // WhenAny is what loops wait with, and a source that completes asynchronously would carry it to the thread pool.
            await Task.WhenAny(commit, Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken));
            threads.Add(Environment.CurrentManagedThreadId);
        }
    }

    private static async Task FollowAsync(DocumentStore store, HashSet<int> threads, CancellationToken cancellationToken)
    {
        await foreach (var batch in store.WatchAsync(null, ["Thing"], cancellationToken))
        {
            Assert.NotNull(batch);
            threads.Add(Environment.CurrentManagedThreadId);
        }
    }
}
