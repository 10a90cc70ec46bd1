using Federation.Domain.Observation;

namespace Federation.Health.Observations;

/// <summary>All that one node has, as its agent says it.</summary>
/// <param name="AgentInstance">The agent process.</param>
/// <param name="Sequence">Where its deltas go on from.</param>
/// <param name="Node">The node.</param>
/// <param name="Count">How many replicas the agent means to have listed.</param>
/// <param name="Digest">Their <see cref="ObservationDigest"/>.</param>
/// <param name="Replicas">Those that arrived.</param>
public sealed record FullSet(string AgentInstance, long Sequence, NodeObservation Node, int Count, ReadOnlyMemory<byte> Digest, IReadOnlyList<ReplicaObservation> Replicas)
{
    /// <summary>Whether the sequence goes on over the connections of the agent process; else each begins anew.</summary>
    public bool SpansConnections { get; init; }
}
