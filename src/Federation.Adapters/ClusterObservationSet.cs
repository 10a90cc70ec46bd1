using Federation.Domain.Observation;

namespace Federation.Adapters;

/// <summary>Everything an adapter sees at one moment. Immutable.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Nodes">The nodes; one for a native agent.</param>
/// <param name="Replicas">The replicas that are ours.</param>
public sealed record ClusterObservationSet(long Version, IReadOnlyList<NodeObservation> Nodes, IReadOnlyList<ReplicaObservation> Replicas);
