using Federation.Cli.Applying;

namespace Federation.Client.Tests.Cli.Applying;

public sealed class OrderedCallsTests
{
    [Fact]
    public async Task Answers_ThatComeInAnyOrder_AreToldInTheOrderOfTheItems_AndFewAreUnderWay()
    {
        int underWay = 0, most = 0;
        List<int> told = [];
        await OrderedCalls.RunAsync(Enumerable.Range(0, 100), async item =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            await Task.Delay((item * 7) % 5, TestContext.Current.CancellationToken);
            Interlocked.Decrement(ref underWay);
            return -item;
        }, (item, answer) =>
        {
            Assert.Equal(-item, answer);
            told.Add(item);
        });
        Assert.Equal(Enumerable.Range(0, 100), told);
        Assert.InRange(most, 2, OrderedCalls.AtOnce);
    }

    [Fact]
    public async Task Failure_BeginsNoOtherCall_AndThoseUnderWayEndAndAreTold()
    {
        var gate = new TaskCompletionSource();
        List<int> begun = [], told = [];
        Task run = OrderedCalls.RunAsync(Enumerable.Range(0, 100), async item =>
        {
            begun.Add(item);
            if (item == OrderedCalls.AtOnce - 1) throw new InvalidOperationException($"of {item}");
            await gate.Task;
            return item;
        }, (item, _) => told.Add(item));
        Assert.False(run.IsCompleted);
        gate.SetResult();
        Assert.Equal("of 7", (await Assert.ThrowsAsync<InvalidOperationException>(() => run)).Message);
        Assert.Equal(Enumerable.Range(0, OrderedCalls.AtOnce), begun);
        Assert.Equal(Enumerable.Range(0, OrderedCalls.AtOnce - 1), told);
    }

    [Fact]
    public async Task Telling_ThatFails_LetsWhatIsUnderWayEnd()
    {
        var gate = new TaskCompletionSource();
        int ended = 0;
        Task run = OrderedCalls.RunAsync(Enumerable.Range(0, 100), async item =>
        {
            if (item > 0) await gate.Task;
            ended++;
            return item;
        }, static (_, _) => throw new IOException("nobody reads"));
        Assert.False(run.IsCompleted);
        gate.SetResult();
        await Assert.ThrowsAsync<IOException>(() => run);
        Assert.Equal(OrderedCalls.AtOnce, ended);
    }
}
