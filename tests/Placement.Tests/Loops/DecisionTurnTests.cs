using Federation.Placement.Loops;

namespace Federation.Placement.Tests.Loops;

public class DecisionTurnTests
{
    [Fact]
    public async Task Take_WhileAnotherDecides_WaitsForItsEndAndKeepsTheOrder()
    {
        var turn = new DecisionTurn();
        var first = new TaskCompletionSource();
        var begun = new List<int>();
        Task<int> one = turn.TakeAsync(async () =>
        {
            begun.Add(1);
            await first.Task;
            return 1;
        });
        Task<int> two = Decide(2), three = Decide(3);
        Assert.Equal([1], begun);

        first.SetResult();

        int[] answers = await Task.WhenAll(one, two, three);
        Assert.Equal([1, 2, 3], answers);
        Assert.Equal([1, 2, 3], begun);

        Task<int> Decide(int number) => turn.TakeAsync(() =>
        {
            begun.Add(number);
            return Task.FromResult(number);
        });
    }

    [Fact]
    public async Task Take_ADecisionThatFails_GivesTheTurnOn()
    {
        var turn = new DecisionTurn();

        await Assert.ThrowsAsync<InvalidOperationException>(() => turn.TakeAsync<int>(() => throw new InvalidOperationException("no")));

        Assert.Equal(7, await turn.TakeAsync(() => Task.FromResult(7)));
    }
}
