using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Policies;

/// <summary>A placement rule. An empty one allows every cluster and divides by free capacity.</summary>
public sealed record PlacementPolicySpec
{
    /// <summary>Terms that a cluster's labels must all meet. The name is the label <c>federation/cluster</c>, the kind <c>federation/kind</c>.</summary>
    public IReadOnlyList<LabelTerm>? Affinity { get; init; }

    /// <summary>Terms that raise a cluster's score.</summary>
    public IReadOnlyList<PreferredTerm>? Preferred { get; init; }

    /// <summary>Taints that do not keep the workload away.</summary>
    public IReadOnlyList<Toleration>? Tolerations { get; init; }

    /// <summary>How the replicas lie over the values of labels.</summary>
    public IReadOnlyList<SpreadRule>? Spread { get; init; }

    /// <summary>How the replicas are divided.</summary>
    public DivisionRule Division { get; init; } = new();

    /// <summary>When work leaves a lost cluster.</summary>
    public FailoverRule Failover { get; init; } = new();

    /// <summary>
    /// Whose loss must still fit: room for the replicas there is held back in other places, which nothing else takes, and a replica for which none can be held is not placed. Not
    /// with <c>duplicated</c> division, a spread rule's <c>max</c>, or failover that is not enabled. For a workload that a volume binds to its home nothing can be held. Left out:
    /// nothing is held back.
    /// </summary>
    public Survival? Survive { get; init; }

    /// <summary>Higher goes first when capacity is short, -1000000 to 1000000.</summary>
    [Range(-1000000, 1000000)]
    public int Priority { get; init; }
}
