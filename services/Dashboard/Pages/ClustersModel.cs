using Federation.Dashboard.Display;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Domain.Clusters;

namespace Federation.Dashboard.Pages;

/// <summary>All clusters.</summary>
public sealed record ClustersModel(Reading<IReadOnlyList<Cluster>> Clusters)
{
    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        Reading<IReadOnlyList<Cluster>> clusters = await request.ReadAsync(request.Plane.Clusters);
        return PageContent.Of<ClustersPage>("Clusters", "clusters", new ClustersModel(clusters)) with { Facts = FactsOf(clusters.Value) };
    }

    /// <summary>What a screen reader is told of when it changes.</summary>
    internal static Dictionary<string, string> FactsOf(IReadOnlyList<Cluster>? clusters) =>
        (clusters ?? []).ToDictionary(cluster => $"Cluster {cluster.Metadata.Name}", cluster => Standing.Of(cluster).Word);
}
