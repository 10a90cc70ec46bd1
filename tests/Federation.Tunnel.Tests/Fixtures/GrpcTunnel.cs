using System.Net;
using Federation.Contracts.V1;
using Federation.Grpc.Client;
using Federation.Grpc.Methods;
using Federation.Grpc.Server;
using Federation.Tunnel.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Federation.Tunnel.Tests.Fixtures;

/// <summary>A tunnel as it runs in production: gRPC over HTTP/2 on loopback, the gateway's end served by Kestrel.</summary>
internal sealed class GrpcTunnel : IAsyncDisposable
{
    public static readonly GrpcMethod<TunnelFrame, TunnelFrame> Connect = GrpcMethod<TunnelFrame, TunnelFrame>.Of(
        TunnelReflection.Descriptor.Services.Single(), "Connect", TunnelFrame.Parser, TunnelFrame.Parser);

    private readonly WebApplication _server;
    private readonly GrpcChannel _channel;

    private GrpcTunnel(WebApplication server, GrpcChannel channel, TunnelConnection gateway, TunnelConnection agent)
    {
        _server = server;
        _channel = channel;
        Gateway = gateway;
        Agent = agent;
    }

    public TunnelConnection Gateway { get; }

    public TunnelConnection Agent { get; }

    public static async Task<GrpcTunnel> StartAsync(
        Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>> agentAccepts,
        Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>>? gatewayAccepts = null)
    {
        TaskCompletionSource<TunnelConnection> dialled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.UseGrpc();
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpcServer(options => options.Authorize = (_, _) => false);
        WebApplication server = builder.Build();
        server.MapGrpcDuplex(Connect, AllowedPeers.Anonymous, async (stream, _) =>
        {
            TunnelConnection tunnel = TunnelConnection.Start(stream, TunnelRole.Gateway, gatewayAccepts ?? Targets.RefuseAll);
            dialled.SetResult(tunnel);
            await tunnel.Completion;
        });
        await server.StartAsync();
        GrpcChannel channel = new(new Uri(server.Urls.Single()));
        GrpcConnector<TunnelFrame, TunnelFrame> connector = new(channel, Connect);
        TunnelConnection agent = TunnelConnection.Start(await connector.ConnectAsync(CancellationToken.None), TunnelRole.Agent, agentAccepts);
        return new GrpcTunnel(server, channel, await dialled.Task, agent);
    }

    /// <summary>Stops the gateway's process, as far as the agent can tell.</summary>
    public async Task KillServerAsync()
    {
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Gateway.DisposeAsync();
        _channel.Dispose();
        await _server.DisposeAsync();
    }
}
