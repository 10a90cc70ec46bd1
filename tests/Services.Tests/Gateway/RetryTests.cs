using System.Net;
using Federation.Domain.Identifiers;
using Federation.Routing.Documents;

namespace Federation.Services.Tests.Gateway;

/// <summary>What is tried again, and what never.</summary>
public class RetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_EveryReplicaDiesOfIt_IsTriedElsewhereButNotForEver()
    {
        await using Pair pair = await Pair.StartAsync();
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage response = await pair.Gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/die", $"g{i}");
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.True(pair.One.Executions.ContainsKey($"g{i}") && pair.Two.Executions.ContainsKey($"g{i}"));
            Assert.Equal(3, pair.Executions($"g{i}"));
        }
    }

    [Fact]
    public async Task Post_ReplicaDiesBeforeItsAnswer_IsExecutedOnceAndToldToBeUncertain()
    {
        await using Pair pair = await Pair.StartAsync();
        for (int i = 0; i < 10; i++)
        {
            // The connection is warm: a client that repeats by itself on a kept connection would be caught here.
            (await pair.Gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/")).Dispose();
            using HttpResponseMessage response = await pair.Gateway.SendAsync(HttpMethod.Post, "shop.localhost", "/die", $"p{i}", i % 2 == 0 ? null : new StringContent("body"));
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.Contains("may have been executed", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.Equal(1, pair.Executions($"p{i}"));
        }
    }

    [Fact]
    public async Task Put_SmallBody_IsSentAgainWhole()
    {
        await using Pair pair = await Pair.StartAsync();
        Task<HttpResponseMessage> put = pair.Gateway.SendAsync(HttpMethod.Put, "shop.localhost", "/slow", "put", new StringContent("content"));
        await GatewayRig.WaitForAsync(() => pair.One.Waiting + pair.Two.Waiting == 1);
        (RigReplica first, RigReplica second, RigAgent its) = pair.One.Waiting == 1 ? (pair.One, pair.Two, pair.A) : (pair.Two, pair.One, pair.B);
        second.Release.SetResult();
        its.Kill();
        using HttpResponseMessage response = await put;
        Assert.Equal(second.Name, await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1, first.Executions["put"]);
        Assert.Equal(1, second.Executions["put"]);
    }

    [Fact]
    public async Task Tunnel_CutMidRequest_GetGoesElsewhereAndPostIsToldToBeUncertain()
    {
        await using Pair pair = await Pair.StartAsync();
        Task<HttpResponseMessage>[] gets = [.. Enumerable.Range(0, 4).Select(i => pair.Gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/slow", $"g{i}"))];
        Task<HttpResponseMessage>[] posts = [.. Enumerable.Range(0, 4).Select(i => pair.Gateway.SendAsync(HttpMethod.Post, "shop.localhost", "/slow", $"p{i}"))];
        await GatewayRig.WaitForAsync(() => pair.One.Waiting + pair.Two.Waiting == 8);
        int atOne = Enumerable.Range(0, 4).Count(i => pair.One.Executions.ContainsKey($"p{i}"));
        pair.A.Kill();
        await GatewayRig.WaitForAsync(() => !pair.Gateway.Table.Reach(NodeKey.Parse("a/n1")).Connected);
        pair.Two.Release.SetResult();
        foreach (HttpResponseMessage response in await Task.WhenAll(gets)) Assert.Equal("two", await response.Content.ReadAsStringAsync(Ct));
        HttpResponseMessage[] posted = await Task.WhenAll(posts);
        Assert.Equal(atOne, posted.Count(response => response.StatusCode == HttpStatusCode.BadGateway));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(1, pair.Executions($"p{i}")));
    }

    [Fact]
    public async Task Agent_StandsStillWithItsConnectionOpen_TrafficLeavesIt()
    {
        await using Pair pair = await Pair.StartAsync();
        Task<HttpResponseMessage>[] gets = [.. Enumerable.Range(0, 4).Select(i => pair.Gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/slow", $"g{i}"))];
        await GatewayRig.WaitForAsync(() => pair.One.Waiting + pair.Two.Waiting == 4);
        pair.A.Stop();
        pair.Two.Release.SetResult();
        foreach (HttpResponseMessage response in await Task.WhenAll(gets)) Assert.Equal("two", await response.Content.ReadAsStringAsync(Ct));
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage response = await pair.Gateway.SendAsync(HttpMethod.Post, "shop.localhost", "/", $"p{i}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(1, pair.Two.Executions[$"p{i}"]);
        }
    }

    [Fact]
    public async Task Post_ReplicaRefusesTheConnection_GoesElsewhere()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica two = await RigReplica.StartAsync("two");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", GatewayRig.FreePort()));
        await using RigAgent b = await RigAgent.ConnectAsync(gateway, "b/n1", ("r2", two.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"), ("r2", "b/n1"));
        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage response = await gateway.SendAsync(HttpMethod.Post, "shop.localhost", "/", $"p{i}", new StringContent("!"));
            Assert.Equal("two!", await response.Content.ReadAsStringAsync(Ct));
            Assert.Equal(1, two.Executions[$"p{i}"]);
        }
    }

    [Fact]
    public async Task Get_AnswerHasBegun_IsNotMadeAgain()
    {
        await using Pair pair = await Pair.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/half");
        request.Headers.Host = "shop.localhost";
        request.Headers.Add("X-Test-Id", "h");
        using HttpResponseMessage response = await pair.Gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        pair.One.Release.SetResult();
        pair.Two.Release.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1, pair.Executions("h"));
    }

    [Fact]
    public async Task Drain_EndpointLeavesWithARequestInFlight_ItFinishesAndTheConnectionsEnd()
    {
        await using Pair pair = await Pair.StartAsync();
        Task<HttpResponseMessage>[] slow = [.. Enumerable.Range(0, 2).Select(_ => pair.Gateway.SendAsync(HttpMethod.Post, "shop.localhost", "/slow"))];
        await GatewayRig.WaitForAsync(() => pair.One.Waiting + pair.Two.Waiting == 2);
        await pair.Gateway.ServeAsync("shop.localhost", "web", ("r2", "b/n1"));
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage response = await pair.Gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/");
            Assert.Equal("two", await response.Content.ReadAsStringAsync(Ct));
        }
        await GatewayRig.WaitForAsync(() => pair.Gateway.Upstreams.Count == 1);
        pair.One.Release.SetResult();
        pair.Two.Release.SetResult();
        foreach (HttpResponseMessage response in await Task.WhenAll(slow)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task RouteChanges_AThousandUnderLoad_FailNoRequest()
    {
        await using Pair pair = await Pair.StartAsync();
        using var stop = new CancellationTokenSource();
        int served = 0;
        Task[] load = [.. Enumerable.Range(0, 4).Select(_ => LoadAsync())];
        for (int i = 0; i < 1000; i++)
        {
            await pair.Gateway.PutAsync(
                GatewayRig.Route($"h{i % 50}.localhost", i % 3 == 0 ? "web" : "other"),
                GatewayRig.Endpoints("web", Federation.Domain.Workloads.PortProtocol.Http, (i % 4) switch
                {
                    0 => [("r1", "a/n1")],
                    1 => [("r2", "b/n1")],
                    _ => [("r1", "a/n1"), ("r2", "b/n1")],
                }));
            if (i % 10 == 9) await pair.Gateway.DeleteAsync(RouteEntry.Kind, $"h{i % 50}.localhost/");
        }
        await GatewayRig.WaitForAsync(() => Volatile.Read(ref served) > 200);
        await stop.CancelAsync();
        await Task.WhenAll(load);

        async Task LoadAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                using HttpResponseMessage response = await pair.Gateway.SendAsync(HttpMethod.Post, "shop.localhost", "/");
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Interlocked.Increment(ref served);
            }
        }
    }

    /// <summary>One workload with a replica in each of two clusters.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        public required GatewayRig Gateway { get; init; }

        public required RigReplica One { get; init; }

        public required RigReplica Two { get; init; }

        public required RigAgent A { get; init; }

        public required RigAgent B { get; init; }

        public static async Task<Pair> StartAsync()
        {
            GatewayRig gateway = await GatewayRig.StartAsync();
            RigReplica one = await RigReplica.StartAsync("one");
            RigReplica two = await RigReplica.StartAsync("two");
            var pair = new Pair
            {
                Gateway = gateway,
                One = one,
                Two = two,
                A = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port)),
                B = await RigAgent.ConnectAsync(gateway, "b/n1", ("r2", two.Port)),
            };
            await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"), ("r2", "b/n1"));
            return pair;
        }

        public int Executions(string id) => One.Executions.GetValueOrDefault(id) + Two.Executions.GetValueOrDefault(id);

        public async ValueTask DisposeAsync()
        {
            await One.DisposeAsync();
            await Two.DisposeAsync();
            await A.DisposeAsync();
            await B.DisposeAsync();
            await Gateway.DisposeAsync();
        }
    }
}
