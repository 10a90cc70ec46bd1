using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Tests.Reconciling;

/// <summary>A journal in memory that can refuse.</summary>
internal sealed class FakeJournal : INodeJournal
{
    private readonly SortedDictionary<AssignmentId, DesiredAssignment> _desired = [];
    private long _term;
    private long _revision;

    public SortedDictionary<ReplicaId, ReplicaRecord> Replicas { get; } = [];

    public bool Full { get; set; }

    /// <summary>The disk takes so long to save replicas.</summary>
    public Task Slow { get; set; } = Task.CompletedTask;

    public int DesiredSaves { get; private set; }

    public Task<NodeState> LoadAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new NodeState(_term, _revision, [.. _desired.Values], [.. Replicas.Values]));

    public Task SaveDesiredAsync(DesiredChange change, CancellationToken cancellationToken)
    {
        Require();
        DesiredSaves++;
        (_term, _revision) = (change.Term, change.Revision);
        foreach (DesiredAssignment assignment in change.Upserts) _desired[assignment.Assignment.Id] = assignment;
        foreach (AssignmentId id in change.Removals) _desired.Remove(id);
        return Task.CompletedTask;
    }

    public async Task SaveReplicasAsync(IReadOnlyList<ReplicaRecord> upserts, IReadOnlyList<ReplicaId> removals, CancellationToken cancellationToken)
    {
        await Slow;
        Require();
        foreach (ReplicaRecord record in upserts) Replicas[record.Id] = record;
        foreach (ReplicaId id in removals) Replicas.Remove(id);
    }

    private void Require()
    {
        if (Full) throw new IOException("the disk is full");
    }
}
