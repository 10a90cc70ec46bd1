using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Logs;
using Federation.Agent.Logs;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Node;

/// <summary>The output of a node's replicas, from its files.</summary>
public sealed class NodeOutput(NodeReplicaHost host) : IReplicaOutput
{
    /// <inheritdoc/>
    public bool Knows(ReplicaId replica) => host.Logs.Knows(replica);

    /// <inheritdoc/>
    public IAsyncEnumerable<WrittenLine> ReadAsync(ReplicaId replica, LogQuery query, CancellationToken cancellationToken) => host.Logs.ReadAsync(replica, query, cancellationToken);
}
