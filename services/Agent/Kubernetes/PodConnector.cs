using System.Net;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Dialing;

namespace Federation.Agent.Kubernetes;

/// <summary>Reaches pods, each at its own address.</summary>
public sealed class PodConnector(KubernetesReconciler replicas) : IReplicaConnector
{
    /// <inheritdoc/>
    public async ValueTask<TunnelDecision> ConnectAsync(ReplicaTarget target, string traceparent, CancellationToken cancellationToken) =>
        replicas.FindRunning(new ReplicaId(target.ReplicaId), target.PortName) is IPEndPoint at
            ? await TunnelRelay.ConnectAsync(at, cancellationToken, null)
            : new TunnelDecision.Refuse($"replica {target.ReplicaId} does not run in this cluster, or has no port {(target.PortName.Length > 0 ? target.PortName : "at all")}");
}
