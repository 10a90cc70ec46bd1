using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Resources.Rules;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Scheduling;
using Federation.Scheduling.Explanation;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>What can be asked of and done to a workload beside applying it.</summary>
public static class WorkloadEndpoints
{
    private const string One = "/v1/namespaces/{ns}/workloads/{name}";

    public static void MapWorkloadActions(
        this IEndpointRouteBuilder endpoints, ResourceDesk<Workload> desk, IStore store, FeedFollower health, FeedFollower material, TimeProvider time)
    {
        endpoints.MapGet(One + "/explanation", (HttpContext http, string ns, string name) =>
                Explain(http, desk, store, health, material, time, ns, name))
            .RequireViewer().WithName("ExplainWorkload").WithTags("Workload");
        endpoints.MapGet(One + "/replicas", (HttpContext http, string ns, string name) => Replicas(http, desk, health, ns, name))
            .RequireViewer().WithName("ListWorkloadReplicas").WithTags("Workload");
        endpoints.MapPut(One + "/scale", (HttpContext http, string ns, string name, ScaleRequest request, string? fieldManager) => ScaleAsync(http, desk, ns, name, request, fieldManager))
            .RequireDeployer().WithName("ScaleWorkload").WithTags("Workload");
    }

    private static IResult Explain(
        HttpContext http, ResourceDesk<Workload> desk, IStore store, FeedFollower health, FeedFollower material, TimeProvider time, string ns, string name)
    {
        if (desk.Find(http.GetPrincipal().Tenant, ns, name) is not { } workload) return Missing(name);
        var state = new PlacementState(store.Current);
        var resolver = WorkloadResolver.Of(state, material.Current);
        var observed = new ObservedWorld(health.Current);
        if (resolver.Resolve(workload) is ResolvedWorkload.Unresolved unresolved)
            return TypedResults.Ok(new Explanation($"{ns}/{name}", workload.Metadata.Generation ?? 0, unresolved.Reason, []));
        var tolerations = new TolerationClock(time);
        tolerations.Observe(observed.Verdicts);
        PlanInputs inputs = PlanInputs.Collect(state, observed, resolver, tolerations);
        PlacementExplanation? found = PlacementPlanner.Explain(inputs.Desired, inputs.Observed, WorkloadResolver.KeyOf(workload));
        if (found is null) return Missing(name);
        string summary = string.Join(' ', new[] { found.Summary }.Concat(found.Notes));
        return TypedResults.Ok(new Explanation($"{ns}/{name}", found.Generation, summary, [.. found.Clusters.Select(View)]));
    }

    private static ClusterExplanation View(TargetExplanation target) => new(
        target.Name, target.Replicas, target.RefusedBy, target.Sentence, target.Score, target.Nodes is null ? null : [.. target.Nodes.Select(View)]);

    private static IResult Replicas(HttpContext http, ResourceDesk<Workload> desk, FeedFollower health, string ns, string name)
    {
        TenantId tenant = http.GetPrincipal().Tenant;
        if (desk.Find(tenant, ns, name) is null) return Missing(name);
        IEnumerable<ReplicaObservation> replicas = new ObservedWorld(health.Current).ReplicasOf(new WorkloadKey(tenant, ns, name));
        return TypedResults.Ok(new ItemList<ReplicaView>([.. replicas.OrderBy(replica => replica.Cluster).ThenBy(replica => replica.Id).Select(replica => new ReplicaView(
            replica.Id.Value, ns, name, replica.Cluster.Value, replica.Node?.Value, replica.Revision.Value, replica.State.ToString(),
            replica.Restarts, replica.StartedAt, replica.LastEnd, replica.Message))]));
    }

    private static async Task<IResult> ScaleAsync(HttpContext http, ResourceDesk<Workload> desk, string ns, string name, ScaleRequest request, string? fieldManager)
    {
        if (fieldManager is not null && ResourceWrites.ManagerViolation(fieldManager) is { } wrong) return wrong.ToResult();
        Principal principal = http.GetPrincipal();
        if (desk.Find(principal.Tenant, ns, name) is not { } workload) return Missing(name);
        Workload scaled = workload with { Spec = workload.Spec with { Replicas = request.Replicas } };
        if (ResourceRules.Check(scaled).FirstOrDefault(static violation => violation.Path == "spec.replicas") is { } refused) return ResourceProblem.Invalid($"{refused.Rule}, and Workload {name} was to have {request.Replicas}").ToResult();
        return await WriteAsync(desk, scaled, new FieldWriter(fieldManager ?? principal.Name), http);
    }

    private static async Task<IResult> WriteAsync(ResourceDesk<Workload> desk, Workload desired, FieldWriter fields, HttpContext http) => ResourceWrites.ToResult(
        http, await desk.ReplaceAsync(desired, fields, http.GetPrincipal().Tenant, http.GetPrincipal().Name, null, dryRun: false, http.RequestAborted));

    private static IResult Missing(string name) => ResourceProblem.NotFound($"Workload {name}").ToResult();
}
