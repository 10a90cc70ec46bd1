using System.Net;
using System.Net.Sockets;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Agent.Node;
using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Dialing;

namespace Federation.Agent.Kubernetes;

/// <summary>
/// Reaches pods, each at its own address or at a port of its node; or, where there is no route to that, by the cluster's API server. A network without a route mostly says nothing at all: what
/// did not answer is not asked again for a while.
/// </summary>
public sealed class PodConnector(KubernetesReconciler replicas, AgentOptions options, TimeProvider time, ILogger<PodConnector> logger) : IReplicaConnector
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(1), AsksAgain = TimeSpan.FromMinutes(1);

    private long _silentAt = long.MinValue;

    /// <inheritdoc/>
    public async ValueTask<TunnelDecision> ConnectAsync(ReplicaTarget target, string traceparent, CancellationToken cancellationToken)
    {
        var id = new ReplicaId(target.ReplicaId);
        if (replicas.FindRunning(id, target.PortName) is not IPEndPoint own)
            return new TunnelDecision.Refuse($"replica {target.ReplicaId} does not run in this cluster, or has no port {(target.PortName.Length > 0 ? target.PortName : "at all")}");
        if (options.PodReach == PodReach.Address) return await TunnelRelay.ConnectAsync(own, cancellationToken, null);
        IPEndPoint? at = options.PodReach switch { PodReach.Probed => own, PodReach.NodePort => replicas.FindNodePort(id, target.PortName), _ => null };
        if (at is not null && !IsSilent() && await DialAsync(at, cancellationToken) is { } decision) return decision;
        try
        {
            return await replicas.OpenForwardAsync(id, target.PortName, cancellationToken) is { } forward
                ? new TunnelDecision.Accept((stream, ct) => ForwardRelay.CarryAsync(stream, forward, ct))
                : new TunnelDecision.Refuse($"replica {target.ReplicaId} does not run in this cluster");
        }
        catch (IOException e)
        {
            return new TunnelDecision.Refuse(e.Message);
        }
    }

    private bool IsSilent() => Interlocked.Read(ref _silentAt) is var at and > long.MinValue && time.GetElapsedTime(at) < AsksAgain;

    // Null where nobody is heard at that address.
    private async ValueTask<TunnelDecision?> DialAsync(IPEndPoint at, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswersWithin);
        try
        {
            return await TunnelRelay.DialAsync(at, limit.Token);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            // By the pod, or by a network that lets nobody in: its node knows.
            return null;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!IsSilent()) logger.LogSilentPods(at.Address.ToString(), e is SocketException ? e.Message : "no answer within a second");
            Interlocked.Exchange(ref _silentAt, time.GetTimestamp());
            return null;
        }
    }
}

internal static partial class PodConnectorLog
{
    [LoggerMessage(EventId = 4321, Level = LogLevel.Warning, Message = "Pods are not reached at {Address} ({Why}): for a minute all are reached through the API server")]
    public static partial void LogSilentPods(this ILogger logger, string address, string why);
}
