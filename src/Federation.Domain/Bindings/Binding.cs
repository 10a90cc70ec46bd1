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

    /// <summary>
    /// The revision of the template that was decided on. It changes within a generation: where a failed template is undone, and where a Secret or Config has a new version.
    /// Null where the decision is older than this word.
    /// </summary>
    public TemplateRevision? Revision { get; init; }

    /// <summary>The shares, ordered by cluster then node; none has zero replicas.</summary>
    public required IReadOnlyList<BindingShare> Shares { get; init; }

    /// <summary>Replicas that found no place.</summary>
    public int Unplaced { get; init; }

    /// <summary>Set where the workload must not move by itself: the reason.</summary>
    public string? Stranded { get; init; }

    /// <summary>Whether it was decided on this. Where it was not, its places were chosen by the needs and the data of something else.</summary>
    public bool IsOf(string? workloadUid, long? generation, TemplateRevision revision) =>
        WorkloadUid == workloadUid && Generation == generation && (Revision is null || Revision == revision);
}
