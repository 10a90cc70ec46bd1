using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Health.Observations;

/// <summary>What changed on one node.</summary>
/// <param name="Sequence">The last one's plus one.</param>
/// <param name="Node">The node, if it changed.</param>
/// <param name="Upserts">Replicas that are new or changed.</param>
/// <param name="Removals">Replicas that are no more.</param>
public sealed record Delta(long Sequence, NodeObservation? Node, IReadOnlyList<ReplicaObservation> Upserts, IReadOnlyList<ReplicaId> Removals);
