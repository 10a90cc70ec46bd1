using EndToEnd.Tests.Load;
using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.Contracts.Api;

namespace EndToEnd.Tests.Chaos;

/// <summary>Single replicas that die, or stand still.</summary>
public sealed partial class ChaosScenario
{
    [Fact]
    public async Task Step11_Kill_OfAReplica_FailsNoGet()
    {
        await SettleAsync(toleration: 30);
        SortedDictionary<string, ProcessMark> before = await ProcessesAsync();
        string doomed = before.Keys.First(replica => replica.StartsWith("api-", StringComparison.Ordinal));
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        DateTimeOffset killed = DateTimeOffset.UtcNow;
        Signals.Kill(before[doomed].Id);
        ReplicaView away = await SeenAsync(doomed, replica => replica.State != "Ready");
        DateTimeOffset seen = DateTimeOffset.UtcNow;
        await SeenAsync(doomed, replica => replica is { State: "Ready", Restarts: > 0 });
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        SortedDictionary<string, ProcessMark> after = await ProcessesAsync();
        Assert.All(before.Where(entry => entry.Key != doomed), entry => Assert.Equal(entry.Value, after[entry.Key]));
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        LoadAssert.NoneFailed("no request fails that was sent later", requests.Where(request => request.Start > killed + InFlight));
        AssertExecutions(requests);
        Measured("a replica killed under load, half of it orders: GETs failed", requests.Count(request => request is { Idempotent: true, Failure: not null }), "requests", 0);
        Figure($"replica killed: the API says {away.State} after {(seen - killed).TotalMilliseconds:0} ms; slowest GET {Slowest(requests).TotalMilliseconds:0} ms; {requests.Count} requests, {requests.Count(request => request.Failure is not null)} orders in flight failed");
    }

    [Fact]
    public async Task Step12_Stop_OfAReplica_IsAskedNoMore()
    {
        await SettleAsync(toleration: 30);
        SortedDictionary<string, ProcessMark> before = await ProcessesAsync();
        string doomed = before.Keys.Last(replica => replica.StartsWith("api-", StringComparison.Ordinal));
        await using ConstantLoad load = StartLoad();
        await load.FlowsAsync(20);
        DateTimeOffset stopped = DateTimeOffset.UtcNow;
        Signals.Stop(before[doomed].Id);
        DateTimeOffset seen, goesOn;
        try
        {
            await SeenAsync(doomed, replica => replica.State == "Unready");
            seen = DateTimeOffset.UtcNow;
            await load.FlowsAsync(120);
            goesOn = DateTimeOffset.UtcNow;
        }
        finally
        {
            Signals.Continue(before[doomed].Id);
        }
        await SeenAsync(doomed, replica => replica.State == "Ready");
        await load.FlowsAsync(20);
        IReadOnlyList<LoadRequest> requests = await load.EndAsync();

        await ReplicaAssert.NoneBegunAnewAsync(Plane, before, await ProcessesAsync());
        LoadAssert.NoneFailed("no GET fails", requests.Where(request => request.Idempotent));
        LoadAssert.NoneFailed("no request fails that was sent later", requests.Where(request => request.Start > seen + InFlight));
        AssertExecutions(requests);
        // What waited for it was asked of another while it stood still; an order that it may have taken is not asked for twice.
        Assert.All(requests.Where(request => request.Idempotent && request.Start < seen), get => Assert.True(get.End < goesOn, $"{get}, it went on at {goesOn:HH:mm:ss.fff}"));
        HashSet<string> its = [.. Directory.GetFiles(Executions, $"{doomed}-*").SelectMany(File.ReadAllLines)];
        LoadRequest[] late = [.. requests.Where(request => request.Start > seen + InFlight && request.Start < goesOn - InFlight && request.Order is { } order && its.Contains(order))];
        Assert.True(late.Length == 0, $"asked of it though it was known to stand still:\n{string.Join('\n', late.AsEnumerable())}");
        Measured("a replica that stands still under load, half of it orders: GETs failed", requests.Count(request => request is { Idempotent: true, Failure: not null }), "requests", 0);
        Measured("a replica that stands still, until the plane knows", (seen - stopped).TotalSeconds, "s", 1);
        Figure($"replica stopped: seen after {(seen - stopped).TotalMilliseconds:0} ms; slowest GET {Slowest(requests).TotalMilliseconds:0} ms; {requests.Count} requests, {requests.Count(request => request.Failure is not null)} orders in flight failed");
    }

    private static TimeSpan Slowest(IEnumerable<LoadRequest> requests) => requests.Where(request => request.Idempotent).Max(request => request.End - request.Start);

    private async Task<ReplicaView> SeenAsync(string replica, Func<ReplicaView, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Eventually.Patience);
        while (true)
        {
            // Faster than one waits elsewhere: the time is told.
            if ((await Plane.Client.ReplicasAsync("api", ct: limit.Token)).FirstOrDefault(candidate => candidate.Id == replica) is { } view && condition(view)) return view;
            await Task.Delay(10, limit.Token);
        }
    }
}
