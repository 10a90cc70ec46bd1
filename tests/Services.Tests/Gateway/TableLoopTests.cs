using Federation.Domain.Chance;
using Federation.Domain.Json;
using Federation.Feeds;
using Federation.Gateway.Loops;
using Federation.Gateway.Tables;
using Federation.Routing.Documents;
using Federation.Storage;
using Federation.Storage.Logs;
using Federation.TestKit.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Gateway;

public class TableLoopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keep_OfATableThatTakesLongToWrite_WaitsLongerForTheNext()
    {
        var time = new VirtualTime();
        var file = new SlowFile(time, TimeSpan.FromSeconds(1));
        var table = new GatewayTable(SecureChance.Instance);
        await using DocumentStore health = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);
        var follower = new FeedFollower("health", new StoreFeed(health, document => document.Body, TimeProvider.System), TableLoop.FollowedKinds, TimeProvider.System, SecureChance.Instance, NullLogger.Instance);
        var loop = new TableLoop(follower, table, file, _ => { }, time, NullLogger.Instance);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task running = Task.WhenAll(loop.RunAsync(ending.Token), follower.RunAsync(ending.Token));

        await RouteAsync("one.localhost", hosts: 1);
        await GatewayRig.WaitForAsync(() => DueIn(TimeSpan.FromMilliseconds(300)));
        time.Advance(TimeSpan.FromMilliseconds(300));
        // Without a timer the loop is at rest.
        await GatewayRig.WaitForAsync(() => file.Written == 1 && time.NextDue is null);
        await RouteAsync("two.localhost", hosts: 2);
        // What is due first is to end what is not in the table any more, which is asked for after the keeping.
        await GatewayRig.WaitForAsync(() => DueIn(TimeSpan.FromSeconds(1)));
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(1, file.Written);
        time.Advance(TimeSpan.FromSeconds(1));
        await GatewayRig.WaitForAsync(() => file.Written == 2);

        await ending.CancelAsync();
        await Task.WhenAny(running);

        async Task RouteAsync(string host, int hosts)
        {
            RouteEntry route = GatewayRig.Route(host, "web");
            byte[] body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(route, DomainJson.Options);
            await health.CommitAsync(new StoreTransaction { Writes = [new StoreWrite(new DocumentKey(RouteEntry.Kind, route.Key), body)] }, Ct);
            await GatewayRig.WaitForAsync(() => table.Current.Hosts == hosts);
        }

        bool DueIn(TimeSpan pause) => time.NextDue == time.GetTimestamp() + pause.Ticks;
    }

    private sealed class SlowFile(VirtualTime time, TimeSpan takes) : ILastTableFile
    {
        private int _written;

        public int Written => Volatile.Read(ref _written);

        public byte[]? Read() => null;

        public void Replace(ReadOnlySpan<byte> bytes)
        {
            time.Advance(takes);
            Interlocked.Increment(ref _written);
        }
    }
}
