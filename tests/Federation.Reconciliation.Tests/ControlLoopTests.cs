using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Reconciliation.Tests;

public class ControlLoopTests
{
    [Fact]
    public async Task Reconcile_Fails_ComesBackAfterItsPause()
    {
        var time = new VirtualTime();
        using var queue = new WorkQueue<string>(time, new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)));
        using var stop = new CancellationTokenSource();
        int calls = 0;
        var second = new TaskCompletionSource();
        var first = new TaskCompletionSource();
        var loop = new ControlLoop<string>("test", queue, (_, _) =>
        {
            if (++calls == 1)
            {
                first.SetResult();
                throw new InvalidOperationException("planned");
            }
            second.SetResult();
            return Task.FromResult<TimeSpan?>(null);
        }, TimeSpan.FromSeconds(10), time, NullLogger.Instance);
        Task run = loop.RunAsync(stop.Token);
        queue.Add("a");
        await first.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        while (!second.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        Assert.Equal(2, calls);
        stop.Cancel();
        await run;
    }
}
