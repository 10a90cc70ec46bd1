using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;

namespace Federation.Scheduling.Snapshot;

/// <summary>One cluster by its index. Clusters that are no longer registered but still hold assignments have an entry without a declaration.</summary>
internal sealed class ClusterEntry
{
    public required ClusterId Id { get; init; }

    /// <summary>The declaration; null for a cluster that is not registered.</summary>
    public required Cluster? Declared { get; init; }

    public required ulong Salt { get; init; }

    public int FirstSlot { get; set; }

    public int SlotCount { get; set; }

    /// <summary>Whether capacity, verdict and capability are per node.</summary>
    public bool Native => Declared?.Spec.Kind == ClusterKind.Node;

    public bool Leaving => Declared is null || Declared.Metadata.DeletionRequestedAt is not null;
}
