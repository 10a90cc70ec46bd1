using Federation.Contracts.V1;
using Federation.Tunnel.Connections;

namespace Federation.Tunnel.Tests.Fixtures;

internal static class Targets
{
    public static TunnelOpen Replica(string id) => new() { Replica = new ReplicaTarget { ReplicaId = id, PortName = "http" } };

    public static TunnelOpen Mesh { get; } = new() { Mesh = new MeshTarget { Tenant = "t", Namespace = "n", Workload = "w" } };

    /// <summary>For ends that nobody opens a stream to.</summary>
    public static ValueTask<TunnelDecision> RefuseAll(TunnelOpen target, CancellationToken cancellationToken) =>
        ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse("this end takes no streams"));

    /// <summary>Sends back what it gets until the opener's end, then ends.</summary>
    public static ValueTask<TunnelDecision> Echo(TunnelOpen target, CancellationToken cancellationToken) =>
        ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Accept(async (stream, ct) =>
        {
            byte[] buffer = new byte[20_000];
            int read;
            while ((read = await stream.ReadAsync(buffer, ct)) > 0)
                await stream.WriteAsync(buffer.AsMemory(0, read), ct);
        }));
}
