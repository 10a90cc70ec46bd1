using Federation.Domain.Identifiers;

namespace Federation.Domain.Bindings;

/// <summary>The decision: a workload's replicas per cluster, and per node in native clusters.</summary>
public sealed record Binding
{
    /// <summary>The workload.</summary>
    public required WorkloadKey Workload { get; init; }

    /// <summary>The workload's uid, which another of the same name does not share.</summary>
    public required string WorkloadUid { get; init; }

    /// <summary>The workload's generation that was decided on.</summary>
    public required long Generation { get; init; }

    /// <summary>The shares, ordered by cluster then node; none has zero replicas.</summary>
    public required IReadOnlyList<BindingShare> Shares { get; init; }

    /// <summary>Replicas that found no place.</summary>
    public int Unplaced { get; init; }

    /// <summary>Set where the workload must not move by itself: the reason.</summary>
    public string? Stranded { get; init; }
}
