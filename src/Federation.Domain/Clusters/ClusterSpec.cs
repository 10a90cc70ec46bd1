namespace Federation.Domain.Clusters;

/// <summary>A cluster's declared state. Its labels (region, zone, provider) are the metadata's.</summary>
public sealed record ClusterSpec
{
    /// <summary>What drives its work.</summary>
    public ClusterKind Kind { get; init; } = ClusterKind.Node;

    /// <summary>Marks that keep workloads away.</summary>
    public IReadOnlyList<Taint>? Taints { get; init; }

    /// <summary>Cordoned: takes no new replicas, keeps what it has.</summary>
    public bool Cordoned { get; init; }

    /// <summary>Draining: takes no new replicas, and what it has moves elsewhere.</summary>
    public bool Draining { get; init; }

    /// <summary>What of it may fail as one. Left out: all of it, so that its loss is believed only after the toleration.</summary>
    public IReadOnlyList<FailureDomain>? FailureDomains { get; init; }

    /// <summary>Price of one core for an hour, in any one unit; lower is preferred, all else equal.</summary>
    public decimal? PricePerCoreHour { get; init; }
}
