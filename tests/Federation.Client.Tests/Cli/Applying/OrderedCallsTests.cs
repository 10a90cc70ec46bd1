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
            if (item is 1 or 3) throw new InvalidOperationException($"of {item}");
            if (item > 1) await gate.Task;
            return item;
        }, (item, _) => told.Add(item));
        Assert.False(run.IsCompleted);
        gate.SetResult();
        InvalidOperationException first = await Assert.ThrowsAsync<InvalidOperationException>(() => run);
        Assert.Equal("of 1", first.Message);
        // One more had begun in the place of the first.
        Assert.Equal(Enumerable.Range(0, OrderedCalls.AtOnce + 1), begun);
        Assert.Equal(begun.Except([1, 3]), told);
    }
}
