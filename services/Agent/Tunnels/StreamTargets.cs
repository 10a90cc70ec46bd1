using Federation.Contracts.V1;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Hosting;

namespace Federation.Agent.Tunnels;

/// <summary>What the gateway may reach through this agent: ports of its replicas, and the agent's own API.</summary>
public sealed class StreamTargets(IReplicaConnector replicas, TunnelConnectionListenerFactory api)
{
    /// <summary>Where the gateway's streams enter the agent's API.</summary>
    public static TunnelEndPoint Api { get; } = new("agent");

    /// <summary>Decides on one stream; it has reached its target before it is accepted.</summary>
    public ValueTask<TunnelDecision> DecideAsync(TunnelOpen open, CancellationToken cancellationToken) => open.TargetCase switch
    {
        TunnelOpen.TargetOneofCase.Replica => replicas.ConnectAsync(open.Replica, open.Traceparent, cancellationToken),
        TunnelOpen.TargetOneofCase.AgentApi => ValueTask.FromResult(api.Accept(Api, peer: null)),
        _ => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse("an agent is asked for its replicas and its API alone")),
    };
}
