using Federation.Domain.Identifiers;

namespace Federation.Gateway.Upstreams;

/// <summary>Opens byte streams to replicas.</summary>
public interface IReplicaDialer
{
    /// <summary>Opens a stream to a replica's port.</summary>
    /// <exception cref="IOException">It was not reached; nothing was sent.</exception>
    Task<Stream> DialAsync(NodeKey node, ReplicaId replica, string port, CancellationToken cancellationToken);
}
