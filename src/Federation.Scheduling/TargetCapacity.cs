using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;

namespace Federation.Scheduling;

/// <summary>What a target offers and what of it is free.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">The node; null for a cluster that is driven as a whole.</param>
/// <param name="Allocatable">What workloads may use.</param>
/// <param name="Free">What is neither foreign nor taken by an Assignment in any state; negative where others grew into it.</param>
public sealed record TargetCapacity(ClusterId Cluster, NodeId? Node, ResourceAmount Allocatable, ResourceAmount Free);
