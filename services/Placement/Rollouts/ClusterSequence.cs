using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Placement.Rollouts;

/// <summary>The order in which a workload's clusters are updated. Pure.</summary>
public static class ClusterSequence
{
    /// <summary>Each cluster's rank, all of them different; null where the strategy asks for no order.</summary>
    /// <param name="update">The strategy.</param>
    /// <param name="clusters">The clusters in question, with their labels.</param>
    public static IReadOnlyDictionary<ClusterId, int>? Ranks(UpdateStrategy update, IEnumerable<Cluster> clusters)
    {
        IReadOnlyList<string> wanted = update.ClusterOrder ?? [];
        if (wanted.Count == 0 && update.PauseBetweenClustersSeconds == 0) return null;
        IEnumerable<Cluster> ordered = clusters.OrderBy(cluster => Place(cluster, wanted)).ThenBy(static cluster => cluster.Metadata.Name, StringComparer.Ordinal);
        return ordered.Select(static (cluster, rank) => (Id: new ClusterId(cluster.Metadata.Name), Rank: rank)).ToDictionary(static entry => entry.Id, static entry => entry.Rank);
    }

    private static int Place(Cluster cluster, IReadOnlyList<string> wanted)
    {
        for (int i = 0; i < wanted.Count; i++)
        {
            int equals = wanted[i].IndexOf('=', StringComparison.Ordinal);
            bool meant = equals < 0
                ? wanted[i] == cluster.Metadata.Name
                : cluster.Metadata.Labels is { } labels && labels.TryGetValue(wanted[i][..equals], out string? value) && value == wanted[i][(equals + 1)..];
            if (meant) return i;
        }
        return wanted.Count;
    }
}
