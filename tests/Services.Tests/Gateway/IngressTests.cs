using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Federation.Domain.Workloads;
using Federation.Grpc.Client;
using Federation.Grpc.HealthChecks;
using Federation.Grpc.Server;
using Federation.Routing.Documents;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Federation.Services.Tests.Gateway;

public class IngressTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_RoutedHost_IsAnsweredByItsReplicasInTurn()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigReplica two = await RigReplica.StartAsync("two");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await using RigAgent b = await RigAgent.ConnectAsync(gateway, "b/n1", ("r2", two.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"), ("r2", "b/n1"));
        var answers = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage response = await gateway.SendAsync(HttpMethod.Get, "SHOP.localhost:8080", "/x%20y?q=1");
            Assert.Equal("/x%20y?q=1", response.Headers.GetValues("X-Path").Single());
            answers.Add(await response.Content.ReadAsStringAsync(Ct));
        }
        Assert.Equal(2, answers.Count(answer => answer == "one"));
        Assert.Equal(2, answers.Count(answer => answer == "two"));
    }

    [Fact]
    public async Task Get_UnknownHost_Is404ThatNamesTheHost()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        using HttpResponseMessage response = await gateway.SendAsync(HttpMethod.Get, "nobody.localhost", "/");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("no route has the host nobody.localhost", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NoReadyReplica_Is503WithRetryAfter()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await gateway.ServeAsync("shop.localhost", "web");
        using HttpResponseMessage response = await gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
        Assert.Contains("default/web has no ready replica", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TunnelComesAMomentLater_IsHeldAndThenAnswered()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        Task<HttpResponseMessage> held = gateway.SendAsync(HttpMethod.Post, "shop.localhost", "/", "p1");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        using HttpResponseMessage response = await held;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, one.Executions["p1"]);
    }

    [Fact]
    public async Task Request_ForwardingHeaders_AreReplacedAndTheRequestIdIsKept()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/headers");
        request.Headers.Host = "shop.localhost";
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("Forwarded", "for=6.6.6.6");
        request.Headers.Add("X-Request-Id", "my-id-1");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using HttpResponseMessage response = await gateway.Client.SendAsync(request, Ct);
        string seen = await response.Content.ReadAsStringAsync(Ct);
        Assert.DoesNotContain("6.6.6.6", seen, StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Proto: http\n", seen + "\n", StringComparison.Ordinal);
        Assert.Contains("X-Forwarded-Host: shop.localhost", seen, StringComparison.Ordinal);
        Assert.Contains("Host: shop.localhost", seen, StringComparison.Ordinal);
        Assert.Contains("X-Request-Id: my-id-1", seen, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", seen, StringComparison.Ordinal);
        Assert.Equal("my-id-1", response.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task Request_WithoutATrace_CarriesTheOneThatItsIdNames()
    {
        // As in production, where the server's log is on: each request has an activity.
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        using HttpResponseMessage response = await gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/headers");
        string seen = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains($"traceparent: 00-{response.Headers.GetValues("X-Request-Id").Single()}-", seen, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Requests_OfWorkloads_AreNotCountedAsTheServersOwnToo()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        var meters = gateway.Services.GetRequiredService<IMeterFactory>();
        int counted = 0, active = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name is "http.server.request.duration" or "http.server.active_requests") self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref counted));
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref active));
        listener.Start();

        // A connection's next request is taken when the one before it is over, and counted.
        foreach (string path in new[] { "/", "/", "/" })
        {
            using HttpResponseMessage response = await gateway.SendAsync(HttpMethod.Get, "shop.localhost", path);
            Assert.True(response.IsSuccessStatusCode);
        }
        using HttpResponseMessage unrouted = await gateway.SendAsync(HttpMethod.Get, "nobody.localhost", "/");
        Assert.Equal(HttpStatusCode.NotFound, unrouted.StatusCode);

        Assert.True(active >= 4, "the server's instruments were not heard");
        Assert.Equal(0, counted);
    }

    [Fact]
    public async Task WebSocket_ThroughTheTunnel_CarriesMessagesBothWays()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Host", "shop.localhost");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{gateway.IngressPort}/ws"), Ct);
        byte[] buffer = new byte[100];
        foreach (string text in new[] { "hello", "again" })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Ct);
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, Ct);
            Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
    }

    [Fact]
    public async Task Stream_FirstPart_ArrivesBeforeTheLastIsWritten()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/stream");
        request.Headers.Host = "shop.localhost";
        using HttpResponseMessage response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        Assert.Equal("first", await reader.ReadLineAsync(Ct));
        one.Release.SetResult();
        Assert.Equal("second", await reader.ReadLineAsync(Ct));
    }

    [Fact]
    public async Task Http2_WithPriorKnowledge_IsServedOnTheSamePort()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Host = "shop.localhost";
        using HttpResponseMessage response = await gateway.Client.SendAsync(request, Ct);
        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("one", await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal("HTTP/1.1", response.Headers.GetValues("X-Protocol").Single());
    }

    [Fact]
    public async Task Grpc_ThroughTheIngress_KeepsStatusAndTrailers()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        var health = new GrpcHealth();
        await using RigReplica one = await RigReplica.StartAsync("one", HttpProtocols.Http2,
            builder => builder.Services.AddGrpcServer(options => options.Authorize = static (_, _) => true),
            app => health.Map(app, AllowedPeers.Anonymous));
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.PutAsync(new TableState { Complete = true }, GatewayRig.Route("127.0.0.1", "web", "http"), GatewayRig.Endpoints("web", PortProtocol.Http2, ("r1", "a/n1")));
        await GatewayRig.WaitForAsync(() => gateway.Table.Current.Hosts == 1);
        using var channel = new GrpcChannel(new Uri($"http://127.0.0.1:{gateway.IngressPort}"));
        HealthCheckResponse reply = await channel.UnaryAsync(GrpcHealth.Check, new HealthCheckRequest(), null, Ct);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, reply.Status);
        var failed = await Assert.ThrowsAsync<Federation.Grpc.Status.RpcException>(() => channel.UnaryAsync(GrpcHealth.Check, new HealthCheckRequest { Service = "none" }, null, Ct));
        Assert.Equal(Federation.Grpc.Status.StatusCode.NotFound, failed.StatusCode);
    }

    [Theory]
    [InlineData("GET /a/..%2f..%2fadmin HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", "400")]
    [InlineData("GET /a/..%5cadmin HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", "400")]
    [InlineData("GET /a\\..\\admin HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", "400")]
    [InlineData("GET /a/../../b HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", "200")]
    [InlineData("GET /a%2fb HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", "200")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: shop.localhost\r\nHost: other.localhost\r\n\r\n", "400")]
    [InlineData("GET http://shop.localhost/ HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", "200")]
    [InlineData("GET http://shop.localhost/ HTTP/1.1\r\nHost: other.localhost\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: ..\r\n\r\n", "404")]
    [InlineData("PRI * HTTP/1.1\r\nHost: shop.localhost\r\n\r\n", "405")]
    [InlineData("POST / HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200")]
    public async Task Request_HostileForm_IsRefusedOrHarmless(string request, string expected)
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        await using RigReplica one = await RigReplica.StartAsync("one");
        await using RigAgent a = await RigAgent.ConnectAsync(gateway, "a/n1", ("r1", one.Port));
        await gateway.ServeAsync("shop.localhost", "web", ("r1", "a/n1"));
        Assert.StartsWith($"HTTP/1.1 {expected}", await RawAsync(gateway, request), StringComparison.Ordinal);
        using HttpResponseMessage still = await gateway.SendAsync(HttpMethod.Get, "shop.localhost", "/");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Request_HugeHeaders_AreRefused()
    {
        await using GatewayRig gateway = await GatewayRig.StartAsync();
        string request = $"GET / HTTP/1.1\r\nHost: shop.localhost\r\nX-Huge: {new string('x', 100_000)}\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 431", await RawAsync(gateway, request), StringComparison.Ordinal);
    }

    private static async Task<string> RawAsync(GatewayRig gateway, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, gateway.IngressPort, Ct);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        byte[] buffer = new byte[4096];
        int read = await stream.ReadAsync(buffer, Ct);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
