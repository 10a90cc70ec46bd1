using Federation.Contracts.Api;
using Federation.Dashboard.Display;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Dashboard.Sessions;
using Federation.Domain.Clusters;

namespace Federation.Dashboard.Pages;

/// <summary>One cluster: what Health says of it and why, its nodes, and what runs there.</summary>
public sealed record ClusterModel(
    string Name, Session Session, Reading<Cluster> Cluster, Reading<IReadOnlyList<ReplicaView>> Replicas, IReadOnlyList<EventRecord> Events)
{
    public const int MostReplicas = 200;
    private const int MostEvents = 20;

    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        string name = request.Route("name");
        if (Domain.Identifiers.Name.Violation(name) is not null) return Messages.NotFound($"cluster {name}");
        var clusterTask = request.ReadAsync(request.Plane.Cluster(name));
        var replicasTask = request.ReadAsync(request.Plane.ReplicasIn(name));
        var eventsTask = request.ReadAsync(request.Plane.Events);
        Reading<Cluster> cluster = await clusterTask;
        var replicas = await replicasTask;
        var events = await eventsTask;
        if (cluster.Fault is PartFault.Absent) return Messages.NotFound($"cluster {name}");
        EventRecord[] own = [.. (events.Value ?? []).Where(item => IsAbout(item, name)).TakeLast(MostEvents).Reverse()];
        return PageContent.Of<ClusterPage>(name, "clusters", new ClusterModel(name, request.Session, cluster, replicas, own)) with
        {
            Facts = cluster.Value is { } known ? FactsOf(known) : new Dictionary<string, string>(),
        };
    }

    private static bool IsAbout(EventRecord item, string name) =>
        item.Object == $"Cluster {name}" || item.Object.StartsWith($"Node {name}/", StringComparison.Ordinal);

    private static Dictionary<string, string> FactsOf(Cluster cluster)
    {
        Dictionary<string, string> facts = ClustersModel.FactsOf([cluster]);
        foreach (NodeSummary node in cluster.Status?.NodeList ?? []) facts[$"Node {node.Name}"] = Standing.Of(node.State).Word;
        return facts;
    }
}
