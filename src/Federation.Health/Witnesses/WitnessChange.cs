using Federation.Domain.Identifiers;

namespace Federation.Health.Witnesses;

/// <summary>A witness that says something else than before.</summary>
/// <param name="Cluster">Of which cluster.</param>
/// <param name="Node">Of which node; null: of the whole cluster.</param>
/// <param name="Testimony">What it says now.</param>
public sealed record WitnessChange(ClusterId Cluster, NodeId? Node, Testimony Testimony);
