using System.Net.WebSockets;
using Federation.Tunnel.Dialing;
using Federation.Tunnel.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federation.Tunnel.Tests.Fixtures;

/// <summary>A web application on the agent's side that listens nowhere but in the tunnel, and an HTTP client on the gateway's.</summary>
internal sealed class TunnelledSite : IAsyncDisposable
{
    private static readonly TunnelEndPoint s_http1 = new("http1");
    private static readonly TunnelEndPoint s_http2 = new("http2");
    private static readonly TunnelEndPoint s_unbound = new("unbound");

    private readonly WebApplication _site;
    private readonly GrpcTunnel _tunnel;
    private readonly SocketsHttpHandler _handler;

    private TunnelledSite(WebApplication site, GrpcTunnel tunnel)
    {
        _site = site;
        _tunnel = tunnel;
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = TunnelConnectCallback.Create(context => context.DnsEndPoint.Host == "nowhere"
                ? null
                : new TunnelDestination(tunnel.Gateway, Targets.Replica(context.DnsEndPoint.Host))),
        };
        Invoker = new HttpMessageInvoker(_handler);
        Http = new HttpClient(_handler) { Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>Reaches the site as <c>http://http1/</c> and <c>http://http2/</c>.</summary>
    public HttpClient Http { get; }

    public HttpMessageInvoker Invoker { get; }

    public GrpcTunnel Tunnel => _tunnel;

    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<TunnelledSite> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddTunnelTransport();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(s_http1, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(s_http2, listen => listen.Protocols = HttpProtocols.Http2);
        });
        WebApplication site = builder.Build();
        site.UseWebSockets();
        TunnelConnectionListenerFactory listeners = site.Services.GetRequiredService<TunnelConnectionListenerFactory>();
        GrpcTunnel tunnel = await GrpcTunnel.StartAsync((target, _) => ValueTask.FromResult(target.Replica.ReplicaId switch
        {
            "http1" => listeners.Accept(s_http1, "the gateway"),
            "http2" => listeners.Accept(s_http2, "the gateway"),
            _ => listeners.Accept(s_unbound, null),
        }));
        TunnelledSite tunnelled = new(site, tunnel);
        tunnelled.Map();
        await site.StartAsync();
        return tunnelled;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _handler.Dispose();
        await _tunnel.DisposeAsync();
        await _site.DisposeAsync();
    }

    private void Map()
    {
        _site.MapGet("/who", (HttpContext context) =>
        {
            ITunnelFeature feature = context.Features.Get<ITunnelFeature>()!;
            return $"{context.Request.Protocol} for {feature.Target.Replica.ReplicaId} from {feature.Peer}";
        });
        _site.MapPost("/echo", async (HttpContext context) =>
        {
            // The client reads nothing before its whole request is sent.
            using MemoryStream body = new();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            body.Position = 0;
            await body.CopyToAsync(context.Response.Body, context.RequestAborted);
        });
        _site.MapGet("/hang", async (HttpContext context) =>
        {
            try
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                Aborted.TrySetResult();
            }
        });
        _site.MapGet("/socket", async (HttpContext context) =>
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            byte[] buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
        });
    }
}
