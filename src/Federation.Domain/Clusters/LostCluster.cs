using Federation.Domain.Identifiers;

namespace Federation.Domain.Clusters;

/// <summary>
/// A cluster that was confirmed lost and then deleted: its orders were settled as lost. Should its agents come back, they are refused and get no lease, until a cluster of that
/// name is registered anew.
/// </summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="DeletedAt">When it was deleted, for people.</param>
/// <param name="DeletedBy">By whom.</param>
public sealed record LostCluster(ClusterId Cluster, DateTimeOffset DeletedAt, string DeletedBy)
{
    /// <summary>The kind of document, key the cluster's name.</summary>
    public const string Kind = "LostCluster";
}
