using Federation.Contracts.Api;
using Federation.Dashboard.Display;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;

namespace Federation.Dashboard.Pages;

/// <summary>What is wrong, what is on its way, and how much there is.</summary>
public sealed record OverviewModel(
    Reading<IReadOnlyList<Cluster>> Clusters, Reading<IReadOnlyList<Workload>> Workloads, Reading<IReadOnlyList<EventRecord>> Events, IReadOnlyList<Problem> Problems)
{
    private const int MostShown = 20;
    private const int EventsShown = 8;

    public IReadOnlyList<Workload> Busy { get; } = [.. (Workloads.Value ?? []).Where(workload => Standing.Of(workload).Tone == Tone.Busy).Take(MostShown)];

    public IReadOnlyList<EventRecord> Newest { get; } = [.. (Events.Value ?? []).TakeLast(EventsShown).Reverse()];

    public IReadOnlyList<Problem> Shown => [.. Problems.Take(MostShown)];

    public int ClustersReady => (Clusters.Value ?? []).Count(cluster => cluster.Status?.State?.IsInContact() == true);

    public int NodesReady => (Clusters.Value ?? []).Sum(cluster => cluster.Status?.NodesReady ?? 0);

    public int Nodes => (Clusters.Value ?? []).Sum(cluster => cluster.Status?.Nodes ?? 0);

    public int WorkloadsReady => (Workloads.Value ?? []).Count(workload => workload.Status?.Phase is "Ready" or "Completed");

    public int ReplicasReady => (Workloads.Value ?? []).Sum(workload => workload.Status?.Ready ?? 0);

    public int ReplicasDesired => (Workloads.Value ?? []).Sum(workload => workload.Status?.Desired ?? 0);

    /// <summary>Over the nodes that are ready: what is lost is no capacity.</summary>
    public ResourceAmount Allocatable => Sum(node => node.Allocatable);

    public ResourceAmount Free => Sum(node => node.Free);

    private ResourceAmount Sum(Func<NodeSummary, ResourceAmount> of) => (Clusters.Value ?? [])
        .SelectMany(cluster => cluster.Status?.NodeList ?? []).Where(node => node.State.IsInContact())
        .Aggregate(ResourceAmount.Zero, (sum, node) => sum + of(node));

    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        var clustersTask = request.ReadAsync(request.Plane.Clusters);
        var workloadsTask = request.ReadAsync(request.Plane.Workloads);
        var eventsTask = request.ReadAsync(request.Plane.Events);
        var clusters = await clustersTask;
        var workloads = await workloadsTask;
        var events = await eventsTask;
        Problem[] problems = [.. OfClusters(clusters.Value ?? []).Concat(OfWorkloads(workloads.Value ?? [])).OrderByDescending(problem => problem.Standing.Tone)];
        return PageContent.Of<OverviewPage>("Overview", "overview", new OverviewModel(clusters, workloads, events, problems)) with
        {
            Facts = ClustersModel.FactsOf(clusters.Value).Concat(WorkloadsModel.FactsOf(workloads.Value)).ToDictionary(),
        };
    }

    private static IEnumerable<Problem> OfClusters(IReadOnlyList<Cluster> clusters)
    {
        foreach (Cluster cluster in clusters)
        {
            string address = Addresses.Cluster(cluster.Metadata.Name);
            Standing standing = Standing.Of(cluster);
            if (Standing.Of(cluster.Status?.State).Wrong)
            {
                yield return new(standing, "Cluster", cluster.Metadata.Name, address, cluster.Status?.Reason, cluster.Status?.Since);
                continue;
            }
            foreach (NodeSummary node in cluster.Status?.NodeList ?? [])
            {
                if (Standing.Of(node.State) is { Wrong: true } wrong)
                    yield return new(wrong, "Node", $"{cluster.Metadata.Name}/{node.Name}", address, node.Reason, node.Since);
            }
        }
    }

    private static IEnumerable<Problem> OfWorkloads(IReadOnlyList<Workload> workloads) =>
        from workload in workloads
        let standing = Standing.Of(workload)
        where standing.Wrong
        select new Problem(standing, "Workload", $"{workload.Metadata.Namespace}/{workload.Metadata.Name}",
            Addresses.Workload(workload.Metadata.Namespace!, workload.Metadata.Name), workload.Status?.Message, null);
}
