using Federation.Adapters.Node.Logs;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Logs;

/// <summary>What the replicas of this agent's target write.</summary>
public interface IReplicaOutput
{
    /// <summary>Whether a replica's output can be asked for.</summary>
    bool Knows(ReplicaId replica);

    /// <summary>Its lines, oldest first.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    IAsyncEnumerable<WrittenLine> ReadAsync(ReplicaId replica, LogQuery query, CancellationToken cancellationToken);
}
