using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Health.Service.Documents;
using Federation.Health.Service.Events;
using Federation.ServiceDefaults.Auth;
using Federation.Storage;

namespace Federation.Health.Service.Api;

/// <summary>What is observed, over REST: replicas of the caller's tenant, and changes of verdicts.</summary>
public static class HealthApi
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapHealthApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/replicas", (HttpContext context, IStore store, string? @namespace, string? workload, string? cluster) =>
            Replicas(context, store, @namespace, workload, cluster)).RequireViewer();
        endpoints.MapGet("/v1/namespaces/{namespace}/replicas", (HttpContext context, IStore store, string @namespace, string? workload) =>
            Replicas(context, store, @namespace, workload)).RequireViewer();
        endpoints.MapGet("/v1/namespaces/{namespace}/workloads/{workload}/replicas", (HttpContext context, IStore store, string @namespace, string workload) =>
            Replicas(context, store, @namespace, workload)).RequireViewer();
        // Clusters are everyone's to read; their events have no namespace and are about no workload.
        endpoints.MapGet("/v1/events", (VerdictEvents events, string? @object) =>
            new ItemList<EventRecord>([.. events.All.Where(item => @object is null || string.Equals(item.Object, @object, StringComparison.OrdinalIgnoreCase))])).RequireViewer();
    }

    private static ItemList<ReplicaView> Replicas(HttpContext context, IStore store, string? inNamespace, string? workload, string? cluster = null)
    {
        TenantId tenant = context.GetPrincipal().Tenant;
        IStoreSnapshot seen = store.Current;
        HashSet<(ClusterId, NodeId?)> lost =
        [
            .. seen.List(HealthKinds.Verdict).Select(HealthKinds.Read<Verdict>)
                .Where(static verdict => verdict.State.IsDoubtful())
                .Select(static verdict => (verdict.Cluster, verdict.Node)),
        ];
        return new ItemList<ReplicaView>(
        [
            .. seen.List(HealthKinds.ReplicaObservation)
                .Select(HealthKinds.Read<ReplicaObservation>)
                .Where(replica => replica.Workload.Tenant == tenant)
                .Where(replica => inNamespace is null || replica.Workload.Namespace == inNamespace)
                .Where(replica => workload is null || replica.Workload.Name == workload)
                .Where(replica => cluster is null || replica.Cluster.Value == cluster)
                .OrderBy(static replica => replica.Workload).ThenBy(static replica => replica.Cluster).ThenBy(static replica => replica.Id)
                .Select(replica => View(replica, lost.Contains((replica.Cluster, replica.Node)))),
        ]);
    }

    // What was reported of a lost node tells what was, not what is.
    private static ReplicaView View(ReplicaObservation replica, bool lost) => new(
        replica.Id.Value, replica.Workload.Namespace, replica.Workload.Name, replica.Cluster.Value, replica.Node?.Value, replica.Revision.Value,
        lost ? "Unreachable" : replica.State.ToString(), replica.Restarts, replica.StartedAt, replica.LastEnd,
        lost ? $"out of contact; when last seen it was {replica.State}" : replica.Message);
}
