using Federation.Domain.Identifiers;

namespace Federation.Domain.Bindings;

/// <summary>One target's part of a Binding.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">The node, in native clusters.</param>
/// <param name="Replicas">How many, above 0.</param>
public sealed record BindingShare(ClusterId Cluster, NodeId? Node, int Replicas);
