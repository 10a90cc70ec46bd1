using Federation.Domain.Observation;
using Federation.Domain.Quantities;

namespace Federation.Domain.Clusters;

/// <summary>One node as a cluster's status shows it.</summary>
/// <param name="Name">The node.</param>
/// <param name="State">Health's judgement.</param>
/// <param name="Allocatable">What workloads may use.</param>
/// <param name="Free">What is not taken.</param>
/// <param name="Replicas">Replicas observed there.</param>
/// <param name="Reason">Why Health judges so.</param>
/// <param name="Since">When the state began, by Health's clock.</param>
public sealed record NodeSummary(string Name, VerdictState State, ResourceAmount Allocatable, ResourceAmount Free, int Replicas, string? Reason = null, DateTimeOffset? Since = null);
