using System.Diagnostics;
using System.Net;
using Federation.Adapters.Node.Reconciling;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Dialing;
using Federation.Tunnel.Streams;

namespace Federation.Agent.Tunnels;

/// <summary>Reaches the replicas that run on this node, at their loopback ports.</summary>
public sealed class ProcessConnector(NodeReconciler replicas) : IReplicaConnector
{
    /// <inheritdoc/>
    public async ValueTask<TunnelDecision> ConnectAsync(ReplicaTarget target, string traceparent, CancellationToken cancellationToken)
    {
        if (replicas.FindRunning(new ReplicaId(target.ReplicaId)) is not { } replica)
            return new TunnelDecision.Refuse($"replica {target.ReplicaId} does not run here");
        ReplicaPort? port = replica.Ports.FirstOrDefault(port => port.Protocol.Connects() && (target.PortName.Length == 0 || port.Name == target.PortName));
        if (port is null) return new TunnelDecision.Refuse($"replica {target.ReplicaId} has no port {target.PortName}");
        CancellationToken standstill = replicas.StandstillOf(replica.Id);
        if (standstill.IsCancellationRequested) return new TunnelDecision.Refuse($"replica {target.ReplicaId} was stopped by a signal");
        using Activity? span = ReplicaSpans.Start("replica connect", ActivityKind.Internal, traceparent, replica);
        TunnelDecision decision = await TunnelRelay.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port.Port), cancellationToken, ReplicaSpans.Enabled ? new ExchangeSpan(replica) : null);
        return decision is TunnelDecision.Accept accept ? new TunnelDecision.Accept((stream, ct) => ServeAsync(accept, stream, standstill, ct)) : decision;
    }

    // Whoever waits for a stopped process learns it at once, and can ask another.
    private static async Task ServeAsync(TunnelDecision.Accept accept, TunnelStream stream, CancellationToken standstill, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, standstill);
        await accept.Serve(stream, either.Token);
    }
}
