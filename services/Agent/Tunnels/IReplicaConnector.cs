using Federation.Contracts.V1;
using Federation.Tunnel.Connections;

namespace Federation.Agent.Tunnels;

/// <summary>Reaches the replicas of this agent's target.</summary>
public interface IReplicaConnector
{
    /// <summary>Decides on a stream to a replica's port; it has reached the port before it is accepted.</summary>
    ValueTask<TunnelDecision> ConnectAsync(ReplicaTarget target, string traceparent, CancellationToken cancellationToken);
}
