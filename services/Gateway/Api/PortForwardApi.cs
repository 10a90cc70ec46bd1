using System.Net.WebSockets;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Gateway.Forwarding;
using Federation.Gateway.Upstreams;
using Federation.Tunnel.Streams;

namespace Federation.Gateway.Api;

/// <summary>
/// One connection to a port of a replica: bytes over a WebSocket, through the replica's node's tunnel. <c>?port=</c> names the port (the first if left out),
/// <c>?replica=</c> the replica (any that is ready if left out). Closing one direction closes that direction alone, as with a socket.
/// </summary>
public sealed class PortForwardApi(WorkloadReplicas workloads, IReplicaDialer dialer, ReachAudit audit)
{
    private const int ChunkBytes = 32 * 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(30);

    /// <summary>Answers a call.</summary>
    public async Task HandleAsync(HttpContext context, string inNamespace, string workload)
    {
        RequestId.Ensure(context);
        if (await workloads.ListAsync(context, inNamespace, workload) is not { } known)
        {
            await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The replicas are not known", "health does not answer, and it alone knows where the replicas are", retryAfterSeconds: 1);
            return;
        }
        string? asked = context.Request.Query["replica"];
        string port = context.Request.Query["port"].ToString();
        ReplicaView[] fitting =
        [
            .. known.Where(replica => replica.Node is not null && (asked is null ? replica.State.Equals("ready", StringComparison.OrdinalIgnoreCase) : replica.Id == asked))
                .OrderBy(_ => Random.Shared.Next()),
        ];
        if (fitting.Length == 0)
        {
            await context.WriteProblemAsync(404, ProblemTypes.NotFound, "No such replica", asked is not null ? $"{inNamespace}/{workload} has no replica {asked}" : $"{inNamespace}/{workload} has no replica that is ready");
            return;
        }
        string reason = "";
        foreach (ReplicaView replica in fitting)
        {
            var node = new NodeKey(new ClusterId(replica.Cluster), new NodeId(replica.Node!));
            Stream stream;
            try
            {
                stream = await dialer.DialAsync(node, new ReplicaId(replica.Id), port, context.RequestAborted);
            }
            catch (IOException e)
            {
                reason = e.Message;
                continue;
            }
            await using (stream)
            {
                if (!context.WebSockets.IsWebSocketRequest)
                {
                    await context.WriteProblemAsync(426, ProblemTypes.InvalidResource, "An upgrade is needed", "a port is reached over a WebSocket: fedctl port-forward makes one");
                    return;
                }
                if (!await audit.RecordAsync(context, "port-forward", inNamespace, workload, $"replica {replica.Id} on {node}, port {(port.Length > 0 ? port : "first")}")) return;
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                await RelayAsync(socket, stream, context.RequestAborted);
                return;
            }
        }
        await context.WriteProblemAsync(503, ProblemTypes.Unavailable, "The port cannot be reached", reason, retryAfterSeconds: 1);
    }

    private static async Task RelayAsync(WebSocket socket, Stream stream, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task up = UpAsync(socket, stream, ending.Token), down = DownAsync(socket, stream, ending.Token);
        // A direction that ends in order leaves the other open; one that breaks ends both. A receive that is broken off aborts the socket, with what is on
        // its way to the caller: where the replica has ended, the caller gets a while to end its side.
        Task first = await Task.WhenAny(up, down);
        if (first == down && down.IsCompletedSuccessfully) await Task.WhenAny(up, Task.Delay(LastWords, ending.Token));
        if (!first.IsCompletedSuccessfully || first == down) await ending.CancelAsync();
        foreach (Task direction in (Task[])[up, down])
        {
            try
            {
                await direction;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or WebSocketException)
            {
                // One of the two has gone: there is nobody to tell.
            }
        }
    }

    private static async Task UpAsync(WebSocket socket, Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ChunkBytes];
        while (await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken) is { MessageType: not WebSocketMessageType.Close } received)
            await stream.WriteAsync(buffer.AsMemory(0, received.Count), cancellationToken);
        if (stream is TunnelStream tunnel) tunnel.CompleteWrites();
    }

    private static async Task DownAsync(WebSocket socket, Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[ChunkBytes];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            await socket.SendAsync(buffer.AsMemory(0, read), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }
}
