using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Reconciling;

/// <summary>
/// A node's replicas by id. Every tick goes through all of them, and they seldom come or go: their order is made once for many walks.
/// </summary>
internal sealed class ReplicaBook
{
    private readonly Dictionary<ReplicaId, Replica> _byId = [];
    private Replica[]? _inOrder;

    public int Count => _byId.Count;

    /// <summary>All of them in order of their ids. A walk goes on over what was there when it began.</summary>
    public Replica[] InOrder => _inOrder ??= [.. _byId.Values.OrderBy(static replica => replica.Id)];

    public Replica? Find(ReplicaId id) => _byId.GetValueOrDefault(id);

    public bool Contains(ReplicaId id) => _byId.ContainsKey(id);

    public void Add(Replica replica)
    {
        _byId.Add(replica.Id, replica);
        _inOrder = null;
    }

    public void Remove(ReplicaId id)
    {
        if (_byId.Remove(id)) _inOrder = null;
    }
}
