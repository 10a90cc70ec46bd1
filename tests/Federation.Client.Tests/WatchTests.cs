using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Federation.Client.Tests;

public sealed class WatchTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Takes as many updates as are wanted, in short words.</summary>
    private static async Task<string[]> TakeAsync(FederationClient client, int count, string? cursor = null, Action? first = null)
    {
        var told = new List<string>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        await foreach (WatchUpdate<Namespace> update in client.WatchAsync<Namespace>(cursor: cursor, ct: deadline.Token))
        {
            told.Add(update switch
            {
                WatchUpdate<Namespace>.Listed listed => $"all {string.Join(' ', listed.Items.Select(item => item.Metadata.Name))}",
                WatchUpdate<Namespace>.Changed changed => $"changed {changed.Item.Metadata.Name}",
                WatchUpdate<Namespace>.Removed removed => $"removed {removed.Item.Metadata.Name}",
                _ => throw new InvalidOperationException(),
            });
            first?.Invoke();
            if (told.Count == count) break;
        }
        return [.. told];
    }

    private static bool IsWatch(HttpContext context) => context.Request.Query["watch"] == "true";

    [Fact]
    public async Task Watch_FromNothing_ListsThenTellsChanges()
    {
        await using var plane = await StandInPlane.StartAsync(async context =>
        {
            if (!IsWatch(context))
            {
                await context.ListAsync("c1", null, "a");
                return;
            }
            await context.EventAsync("BOOKMARK", "c2", null);
            await context.EventAsync("ADDED", "c3", "b");
            await context.EventAsync("MODIFIED", "c4", "a");
            await context.EventAsync("DELETED", "c5", "b");
            await context.HoldAsync();
        });
        using FederationClient client = plane.Client();
        Assert.Equal(["all a", "changed b", "changed a", "removed b"], await TakeAsync(client, 4));
        Assert.Equal("GET /v1/namespaces?watch=true&cursor=c1", plane.Targets()[1]);
    }

    [Fact]
    public async Task Watch_StreamBreaks_GoesOnFromTheLastCursor()
    {
        int watches = 0;
        var told = new TaskCompletionSource();
        await using var plane = await StandInPlane.StartAsync(async context =>
        {
            switch (++watches)
            {
                case 1:
                    await context.EventAsync("BOOKMARK", "c1", null);
                    await context.EventAsync("ADDED", "c2", "a");
                    await told.Task;
                    context.Abort();
                    break;
                case 2:
                    await context.ProblemAsync(503, ProblemTypes.Unavailable, "away");
                    break;
                default:
                    await context.EventAsync("ADDED", "c3", "b");
                    await context.HoldAsync();
                    break;
            }
        });
        using FederationClient client = plane.Client(new() { RetryFor = TimeSpan.Zero });
        Assert.Equal(["changed a", "changed b"], await TakeAsync(client, 2, cursor: "c0", first: () => told.TrySetResult()));
        string[] targets = plane.Targets();
        Assert.Equal("GET /v1/namespaces?watch=true&cursor=c0", targets[0]);
        Assert.EndsWith("cursor=c2", targets[^1]);
    }

    [Fact]
    public async Task Watch_CursorOfAnotherHistory_ListsAgain()
    {
        await using var plane = await StandInPlane.StartAsync(async context =>
        {
            if (!IsWatch(context)) await context.ListAsync("new:1", null, "a");
            else if (context.Request.Query["cursor"] == "old:9") await context.ProblemAsync(410, ProblemTypes.CursorExpired, "list again");
            else
            {
                await context.EventAsync("ADDED", "new:2", "b");
                await context.HoldAsync();
            }
        });
        using FederationClient client = plane.Client();
        Assert.Equal(["all a", "changed b"], await TakeAsync(client, 2, cursor: "old:9"));
    }

    [Fact]
    public async Task Watch_HistoryLostWhileOpen_ListsAgain()
    {
        int lists = 0;
        await using var plane = await StandInPlane.StartAsync(async context =>
        {
            if (!IsWatch(context)) await context.ListAsync($"c{++lists}", null, $"list{lists}");
            else await context.EventAsync("EXPIRED", "", null);
        });
        using FederationClient client = plane.Client();
        Assert.Equal(["all list1", "all list2"], await TakeAsync(client, 2));
    }

    [Fact]
    public async Task Watch_SilentStream_IsOpenedAgain()
    {
        int opened = 0;
        await using var plane = await StandInPlane.StartAsync(async context =>
        {
            if (++opened > 1) await context.EventAsync("ADDED", "c1", "a");
            await context.HoldAsync();
        });
        using FederationClient client = plane.Client(new() { WatchSilence = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(["changed a"], await TakeAsync(client, 1, cursor: "c0"));
        Assert.Equal(2, opened);
    }

    [Fact]
    public async Task Watch_Refused_Throws()
    {
        await using var plane = await StandInPlane.StartAsync(context => context.ProblemAsync(403, ProblemTypes.Forbidden, "needs viewer"));
        using FederationClient client = plane.Client();
        await Assert.ThrowsAsync<ApiException>(() => TakeAsync(client, 1));
        await Assert.ThrowsAsync<ApiException>(() => TakeAsync(client, 1, cursor: "c0"));
    }
}
