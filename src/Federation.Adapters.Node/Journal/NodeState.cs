using Federation.Adapters.Node.Replicas;

namespace Federation.Adapters.Node.Journal;

/// <summary>What a node remembers over the death of its agent.</summary>
/// <param name="Term">The highest term obeyed; 0 before the first.</param>
/// <param name="Revision">The orders' revision obeyed; 0 before the first.</param>
/// <param name="Desired">All assignments.</param>
/// <param name="Replicas">All replicas.</param>
public sealed record NodeState(long Term, long Revision, IReadOnlyList<DesiredAssignment> Desired, IReadOnlyList<ReplicaRecord> Replicas)
{
    /// <summary>A new node's.</summary>
    public static NodeState Empty { get; } = new(0, 0, [], []);
}
