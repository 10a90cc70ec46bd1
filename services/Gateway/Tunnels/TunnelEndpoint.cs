using Federation.Contracts.V1;
using Federation.Gateway.Hosting;
using Federation.Grpc.Server;
using Federation.Grpc.Status;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Drills;
using Federation.ServiceDefaults.Grpc;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Hosting;

namespace Federation.Gateway.Tunnels;

/// <summary>The agents' tunnels over gRPC.</summary>
public static class TunnelEndpoint
{
    /// <summary>Maps <c>Tunnel.Connect</c>; only agents may call it, each for its own node.</summary>
    public static void MapTunnels(this IEndpointRouteBuilder endpoints)
    {
        TunnelRegistry registry = endpoints.ServiceProvider.GetRequiredService<TunnelRegistry>();
        TunnelConnectionListenerFactory mesh = endpoints.ServiceProvider.GetRequiredService<TunnelConnectionListenerFactory>();
        DrillWatch drills = endpoints.ServiceProvider.GetRequiredService<DrillWatch>();
        endpoints.MapGrpcDuplex(PlaneMethods.ConnectTunnel, AllowedPeers.Agents, async (stream, call) =>
        {
            var agent = (Peer.Agent)call.HttpContext.GetPeer();
            if (drills.Covers(agent.Node.Cluster)) throw new RpcException(StatusCode.Unavailable, "the cluster is cut off by a drill");
            await registry.ServeAsync(agent.Node, stream, (open, _) => ValueTask.FromResult(Decide(mesh, agent, open)), call.CancellationToken);
        });
    }

    private static TunnelDecision Decide(TunnelConnectionListenerFactory mesh, Peer.Agent agent, TunnelOpen open) =>
        open.TargetCase == TunnelOpen.TargetOneofCase.Mesh
            ? mesh.Accept(GatewayListeners.Mesh, agent)
            : new TunnelDecision.Refuse("an agent may open streams into the mesh alone");
}
