using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Dialing;

namespace Federation.Agent.Swarm;

/// <summary>Reaches tasks of a swarm, each at its own machine's address.</summary>
public sealed class TaskConnector(SwarmReconciler replicas) : IReplicaConnector
{
    /// <inheritdoc/>
    public async ValueTask<TunnelDecision> ConnectAsync(ReplicaTarget target, string traceparent, CancellationToken cancellationToken) =>
        replicas.FindRunning(new ReplicaId(target.ReplicaId), target.PortName) is TaskEndpoint endpoint
            ? await TunnelRelay.ConnectAsync(endpoint.At, cancellationToken, null)
            : new TunnelDecision.Refuse($"replica {target.ReplicaId} does not run in this swarm, or has no port {(target.PortName.Length > 0 ? target.PortName : "at all")}");
}
