using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Federation.Contracts.V1;
using Federation.Grpc.Client;
using Federation.Grpc.Metadata;
using Federation.Grpc.Streams;
using Federation.ServiceDefaults.Grpc;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Dialing;
using Federation.Tunnel.Streams;

namespace Federation.Services.Tests.Gateway;

/// <summary>An agent's tunnel, without the agent: leads to replicas that are programs of the test.</summary>
internal sealed class RigAgent : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _ports = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly TaskCompletionSource _stopped = new();
    private readonly SocketsHttpHandler _handler;
    private readonly GrpcChannel _channel;
    private TunnelConnection _tunnel = null!;

    private RigAgent(Uri gateway)
    {
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                _sockets.Add(socket);
                return new StoppableStream(new NetworkStream(socket, ownsSocket: true), _stopped.Task);
            },
        };
        _channel = new GrpcChannel(gateway, new GrpcChannelOptions { Handler = _handler });
    }

    public static async Task<RigAgent> ConnectAsync(GatewayRig gateway, string node, params (string Replica, int Port)[] replicas)
    {
        var agent = new RigAgent(new Uri($"http://127.0.0.1:{gateway.TunnelPort}"));
        foreach ((string replica, int port) in replicas) agent._ports[replica] = port;
        var headers = new GrpcMetadata { { "x-node", node } };
        IMessageStream<TunnelFrame, TunnelFrame> stream = await agent._channel.DuplexAsync(PlaneMethods.ConnectTunnel, new GrpcCallOptions { Headers = headers });
        agent._tunnel = TunnelConnection.Start(stream, TunnelRole.Agent, agent.AcceptAsync);
        await gateway.WaitForNodeAsync(node);
        return agent;
    }

    /// <summary>Opens a connection into the mesh, as for a caller in <c>default/default</c>.</summary>
    public Task<TunnelStream> OpenMeshAsync() => _tunnel.OpenAsync(
        new TunnelOpen { Mesh = new MeshTarget { Tenant = "default", Namespace = "default", Workload = "caller" } }, TestContext.Current.CancellationToken);

    /// <summary>The connection is gone at once, as when the agent is killed.</summary>
    public void Kill()
    {
        foreach (Socket socket in _sockets) socket.Close(0);
    }

    /// <summary>The agent stands still, as when its process is stopped: its connection stays open and nothing comes out of it.</summary>
    public void Stop() => _stopped.SetResult();

    public async ValueTask DisposeAsync()
    {
        if (_stopped.Task.IsCompleted) Kill();
        await _tunnel.DisposeAsync();
        _channel.Dispose();
        _handler.Dispose();
    }

    private ValueTask<TunnelDecision> AcceptAsync(TunnelOpen open, CancellationToken cancellationToken) => _ports.TryGetValue(open.Replica.ReplicaId, out int port)
        ? TunnelRelay.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken)
        : ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse($"no replica {open.Replica.ReplicaId} here"));
}
