using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Scheduling;

/// <summary>A workload with everything that its placement depends on, references resolved.</summary>
public sealed record PlannedWorkload
{
    /// <summary>Its address.</summary>
    public required WorkloadKey Key { get; init; }

    /// <summary>Its uid.</summary>
    public required string Uid { get; init; }

    /// <summary>Its generation.</summary>
    public required long Generation { get; init; }

    /// <summary>The revision of its template, as the Binding is to say; null where nobody asks.</summary>
    public TemplateRevision? Revision { get; init; }

    /// <summary>Its declared state.</summary>
    public required WorkloadSpec Spec { get; init; }

    /// <summary>The policy that rules: the referenced, the inline, or an empty one.</summary>
    public required PlacementPolicySpec Policy { get; init; }

    /// <summary>The volumes it names, resolved.</summary>
    public IReadOnlyList<Volume> Volumes { get; init; } = [];

    /// <summary>
    /// While the declared template is on trial, the one that runs until it is proven, and that replicas may still begin with: a place must have room for the
    /// larger of both, and what either needs. Null where there is none.
    /// </summary>
    public WorkloadTemplate? Fallback { get; init; }

    /// <summary>Whether it has run to its end by design: it needs nothing any more, and stays on show where it ended.</summary>
    public bool Completed { get; init; }

    /// <summary>What is reserved for one replica, by component the larger of the declared template's and the fallback's.</summary>
    internal ResourceAmount Reserved => Fallback is null ? ReservedBy(Spec.Template) : ResourceAmount.Larger(ReservedBy(Spec.Template), ReservedBy(Fallback));

    internal static ResourceAmount ReservedBy(WorkloadTemplate template) => template.Resources?.Reserved ?? ResourceAmount.Zero;

    /// <summary>Where a relocation wants its replicas, until they are there; null if none does.</summary>
    public IReadOnlyList<BindingShare>? Aim { get; init; }
}
