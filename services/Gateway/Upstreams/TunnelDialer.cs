using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tunnels;

namespace Federation.Gateway.Upstreams;

/// <summary>Reaches replicas through their nodes' tunnels.</summary>
public sealed class TunnelDialer(TunnelRegistry tunnels) : IReplicaDialer
{
    /// <inheritdoc/>
    public async Task<Stream> DialAsync(NodeKey node, ReplicaId replica, string port, CancellationToken cancellationToken) =>
        await tunnels.OpenAsync(node, new TunnelOpen { Replica = new ReplicaTarget { ReplicaId = replica.Value, PortName = port } }, cancellationToken);
}
