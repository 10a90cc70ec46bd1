using Federation.TestKit.Time;

namespace Federation.Reconciliation.Tests;

public class WorkQueueTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly VirtualTime _time = new();

    private WorkQueue<string> NewQueue() => new(_time, new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)));

    [Fact]
    public async Task Add_SameKeyTwice_IsTakenOnce()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.Add("a");
        queue.Add("a");
        Assert.Equal("a", await queue.TakeAsync(None));
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public async Task Add_WhileWorkedOn_IsHandedOutOnlyAfterDone()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.Add("a");
        string key = await queue.TakeAsync(None);
        queue.Add("a");
        ValueTask<string> next = queue.TakeAsync(None);
        Assert.False(next.IsCompleted);
        queue.Done(key);
        Assert.Equal("a", await next);
    }

    [Fact]
    public async Task AddAfter_EarliestDelayHolds()
    {
        using WorkQueue<string> queue = NewQueue();
        queue.AddAfter("a", TimeSpan.FromSeconds(5));
        queue.AddAfter("a", TimeSpan.FromSeconds(2));
        queue.AddAfter("a", TimeSpan.FromSeconds(9));
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, queue.Depth);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("a", await queue.TakeAsync(None));
        queue.Done("a");
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public void AddAfterFailure_PausesDoubleUpToTheLongest()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
        Assert.Equal([1, 2, 4, 4], Enumerable.Range(1, 4).Select(n => (int)backoff.Pause(n).TotalSeconds));
    }

    [Fact]
    public async Task Take_CancelledTaker_LeavesTheKeyToTheNext()
    {
        using WorkQueue<string> queue = NewQueue();
        using var cancelled = new CancellationTokenSource();
        ValueTask<string> first = queue.TakeAsync(cancelled.Token);
        ValueTask<string> second = queue.TakeAsync(None);
        cancelled.Cancel();
        queue.Add("a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await first);
        Assert.Equal("a", await second.AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Dispose_WaitingTaker_IsTold()
    {
        WorkQueue<string> queue = NewQueue();
        ValueTask<string> take = queue.TakeAsync(None);
        queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await take);
    }
}
