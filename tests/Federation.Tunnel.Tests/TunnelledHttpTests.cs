using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Dialing;
using Federation.Tunnel.Streams;
using Federation.Tunnel.Tests.Fixtures;

namespace Federation.Tunnel.Tests;

/// <summary>HTTP end to end through Kestrel, over a tunnel, over real gRPC on loopback.</summary>
public sealed class TunnelledHttpTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Http1_Request_IsAnsweredAndKnowsItsTunnel()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();

        Assert.Equal("HTTP/1.1 for http1 from the gateway", await site.Http.GetStringAsync("http://http1/who", Ct));
    }

    [Fact]
    public async Task Http2_ManyRequests_ShareOneStream()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();

        async Task<string> GetAsync()
        {
            using HttpRequestMessage request = new(HttpMethod.Get, "http://http2/who") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using HttpResponseMessage response = await site.Http.SendAsync(request, Ct);
            return await response.Content.ReadAsStringAsync(Ct);
        }

        Assert.Equal("HTTP/2 for http2 from the gateway", await GetAsync());
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => GetAsync()));

        Assert.All(answers, answer => Assert.Equal("HTTP/2 for http2 from the gateway", answer));
        Assert.Equal(1, site.Tunnel.Gateway.StreamCount);
    }

    [Fact]
    public async Task Http1_LargeBodies_ArriveUnchangedBothWays()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();
        byte[] body = RandomNumberGenerator.GetBytes(8_000_000);

        byte[][] echoes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using HttpResponseMessage response = await site.Http.PostAsync("http://http1/echo", new ByteArrayContent(body), Ct);
            return await response.Content.ReadAsByteArrayAsync(Ct);
        }));

        Assert.All(echoes, echo => Assert.Equal(SHA256.HashData(body), SHA256.HashData(echo)));
    }

    [Fact]
    public async Task Http1_ManyAtOnce_AllAnswered()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => site.Http.GetStringAsync("http://http1/who", Ct)));

        Assert.All(answers, answer => Assert.Equal("HTTP/1.1 for http1 from the gateway", answer));
    }

    [Fact]
    public async Task WebSocket_Upgrade_CarriesMessagesBothWays()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri("ws://http1/socket"), site.Invoker, Ct);

        await socket.SendAsync("hello"u8.ToArray().AsMemory(), WebSocketMessageType.Text, true, Ct);
        byte[] buffer = new byte[100];
        ValueWebSocketReceiveResult echo = await socket.ReceiveAsync(buffer.AsMemory(), Ct);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, echo.Count));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", Ct);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Client_GivesUp_AbortsTheRequestBehindTheTunnel()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();
        HttpResponseMessage response = await site.Http.GetAsync("http://http1/hang", HttpCompletionOption.ResponseHeadersRead, Ct);

        response.Dispose();

        await site.Aborted.Task.WaitAsync(s_soon, Ct);
    }

    [Theory]
    [InlineData("http://elsewhere/who")]
    [InlineData("http://nowhere/who")]
    public async Task Refusal_IsKnownFromTheRequestsException(string address)
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => site.Http.GetStringAsync(address, Ct));

        Assert.True(TunnelConnectCallback.IsRefused(e));
    }

    [Fact]
    public async Task GatewayDies_AgentAndItsRequestsSeeItAtOnce()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();
        using HttpResponseMessage response = await site.Http.GetAsync("http://http1/hang", HttpCompletionOption.ResponseHeadersRead, Ct);

        await site.Tunnel.KillServerAsync();

        await site.Aborted.Task.WaitAsync(s_soon, Ct);
        Assert.IsType<TunnelEnd.Lost>(await site.Tunnel.Agent.Completion.WaitAsync(s_soon, Ct));
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Ct).WaitAsync(s_soon, Ct));
    }

    [Fact]
    public async Task Dispose_OfTheGatewaysEnd_EndsTheCallInOrder()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();

        await site.Tunnel.Gateway.DisposeAsync();

        Assert.IsType<TunnelEnd.ClosedByPeer>(await site.Tunnel.Agent.Completion.WaitAsync(s_soon, Ct));
    }

    [Fact]
    public async Task Dispose_OfTheAgentsEnd_EndsTheCallInOrder()
    {
        await using TunnelledSite site = await TunnelledSite.StartAsync();

        await site.Tunnel.Agent.DisposeAsync();

        Assert.IsType<TunnelEnd.ClosedByPeer>(await site.Tunnel.Gateway.Completion.WaitAsync(s_soon, Ct));
    }

    [Fact]
    public async Task Relay_ToATcpPort_CarriesBytesAndHalfCloses()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<long> replica = Task.Run(async () =>
        {
            using Socket socket = await listener.AcceptSocketAsync(Ct);
            byte[] buffer = new byte[65536];
            long total = 0;
            int read;
            while ((read = await socket.ReceiveAsync(buffer, Ct)) > 0)
                total += read;
            await socket.SendAsync(BitConverter.GetBytes(total), Ct);
            return total;
        }, Ct);
        await using GrpcTunnel tunnel = await GrpcTunnel.StartAsync((_, ct) => TunnelRelay.ConnectAsync((IPEndPoint)listener.LocalEndpoint, ct));

        await using TunnelStream stream = await tunnel.Gateway.OpenAsync(Targets.Replica("r"), Ct);
        await stream.WriteAsync(new byte[3_000_000], Ct);
        stream.CompleteWrites();
        byte[] reply = new byte[8];
        await stream.ReadExactlyAsync(reply, Ct);

        Assert.Equal(3_000_000, BitConverter.ToInt64(reply));
        Assert.Equal(0, await stream.ReadAsync(reply, Ct));
        Assert.Equal(3_000_000, await replica);
    }

    [Fact]
    public async Task Relay_ReplicaResetsItsConnection_OpenerSeesABrokenStream()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        await using GrpcTunnel tunnel = await GrpcTunnel.StartAsync((_, ct) => TunnelRelay.ConnectAsync((IPEndPoint)listener.LocalEndpoint, ct));
        await using TunnelStream stream = await tunnel.Gateway.OpenAsync(Targets.Replica("r"), Ct);

        using (Socket socket = await listener.AcceptSocketAsync(Ct))
            socket.LingerState = new LingerOption(true, 0);

        await Assert.ThrowsAsync<TunnelStreamBrokenException>(() => stream.ReadAsync(new byte[1], Ct).AsTask().WaitAsync(s_soon, Ct));
    }

    [Fact]
    public async Task Relay_NobodyListens_IsRefused()
    {
        await using GrpcTunnel tunnel = await GrpcTunnel.StartAsync((_, ct) => TunnelRelay.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), ct));

        await Assert.ThrowsAsync<TunnelRefusedException>(() => tunnel.Gateway.OpenAsync(Targets.Replica("r"), Ct));
    }

    [Fact]
    public async Task Streams_ThousandsOverGrpc_AllEcho()
    {
        await using GrpcTunnel tunnel = await GrpcTunnel.StartAsync(Targets.Echo);

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(async i =>
        {
            await using TunnelStream stream = await tunnel.Gateway.OpenAsync(Targets.Replica("r"), Ct);
            byte[] sent = RandomNumberGenerator.GetBytes(i * 10 + 1);
            byte[] received = new byte[sent.Length];
            Task writing = stream.WriteAsync(sent, Ct).AsTask();
            await stream.ReadExactlyAsync(received, Ct);
            await writing;
            Assert.Equal(sent, received);
        }));
    }
}
