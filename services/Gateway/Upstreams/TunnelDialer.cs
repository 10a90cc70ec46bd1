using System.Diagnostics;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tunnels;

namespace Federation.Gateway.Upstreams;

/// <summary>Reaches replicas through their nodes' tunnels.</summary>
public sealed class TunnelDialer(TunnelRegistry tunnels) : IReplicaDialer
{
    /// <inheritdoc/>
    public async Task<Stream> DialAsync(NodeKey node, ReplicaId replica, string port, CancellationToken cancellationToken)
    {
        var open = new TunnelOpen { Replica = new ReplicaTarget { ReplicaId = replica.Value, PortName = port } };
        if (!ForwardSpans.Enabled) return await tunnels.OpenAsync(node, open, cancellationToken);
        using Activity? span = ForwardSpans.StartOpening(node, replica);
        if (Activity.Current is { Recorded: true, Id: { } id }) open.Traceparent = id;
        return new TracedTunnelStream(await tunnels.OpenAsync(node, open, cancellationToken));
    }
}
