using Federation.Domain.Quantities;

namespace Federation.Domain.Workloads;

/// <summary>
/// How much of a workload may be missing, over all clusters, because of steps that nobody was forced to: drains, moves, a changed
/// policy. What is lost counts as missing too, but is not held back by a budget. At most one of the two members is given.
/// </summary>
public sealed record DisruptionBudget
{
    /// <summary>Replicas that may be missing: 0 to 1000, or a share of the desired number such as <c>25%</c> (rounded down).</summary>
    public ReplicaShare? MaxUnavailable { get; init; }

    /// <summary>Replicas that must be ready: 0 to 1000, or a share of the desired number such as <c>75%</c> (rounded up).</summary>
    public ReplicaShare? MinAvailable { get; init; }

    /// <summary>How many of a desired number must be ready before one more is given up; null where the budget says nothing.</summary>
    public int? LeastReady(int desired) => MinAvailable is { } least ? Math.Min(desired, least.Up(desired))
        : MaxUnavailable is { } most ? Math.Max(0, desired - most.Down(desired))
        : null;

    /// <inheritdoc/>
    public override string ToString() => MinAvailable is { } least ? $"minAvailable {least}" : $"maxUnavailable {MaxUnavailable?.ToString() ?? "any"}";
}
