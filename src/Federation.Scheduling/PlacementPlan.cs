using Federation.Domain.Bindings;

namespace Federation.Scheduling;

/// <summary>The planner's answer: one Binding for every workload, ordered by key.</summary>
/// <param name="Bindings">The decisions.</param>
public sealed record PlacementPlan(IReadOnlyList<Binding> Bindings);
