using Federation.Domain.Identifiers;

namespace Federation.Placement.Planning;

/// <summary>A target that is judged lost.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">The node; null where the whole cluster is lost.</param>
/// <param name="Agreed">Whether independent witnesses agree on it.</param>
/// <param name="For">For how long.</param>
public readonly record struct TargetLoss(ClusterId Cluster, NodeId? Node, bool Agreed, TimeSpan For);
