using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Journal;

/// <summary>Keeps a node's state over the death of its agent. One caller at a time a method; the two saves may overlap each other.</summary>
public interface INodeJournal
{
    /// <summary>Reads what was kept. Called once, first of all.</summary>
    Task<NodeState> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Returns when the change would survive the loss of power.</summary>
    /// <exception cref="IOException">It could not be written; it may or may not be there later.</exception>
    Task SaveDesiredAsync(DesiredChange change, CancellationToken cancellationToken);

    /// <summary>Returns when the records would survive the death of this process. With the machine the replicas end too: no more is needed.</summary>
    /// <exception cref="IOException">They could not be written; they may or may not be there later.</exception>
    Task SaveReplicasAsync(IReadOnlyList<ReplicaRecord> upserts, IReadOnlyList<ReplicaId> removals, CancellationToken cancellationToken);
}
