using Federation.Domain.Bindings;

namespace Federation.Scheduling.Rebalancing;

/// <summary>Where a workload would be better placed than it is.</summary>
/// <param name="Binding">The decision that would put it there.</param>
/// <param name="Why">What is better there, as a part of a sentence.</param>
public sealed record BetterPlacement(Binding Binding, string Why);
