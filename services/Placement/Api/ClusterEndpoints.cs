using Federation.Domain.Clusters;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Api;

/// <summary>Cordon, uncordon and drain.</summary>
public static class ClusterEndpoints
{
    public static void MapClusterActions(this IEndpointRouteBuilder endpoints, ResourceDesk<Cluster> desk)
    {
        Map("cordon", spec => spec with { Cordoned = true });
        Map("uncordon", spec => spec with { Cordoned = false, Draining = false });
        Map("drain", spec => spec with { Cordoned = true, Draining = true });

        void Map(string action, Func<ClusterSpec, ClusterSpec> change) =>
            endpoints.MapPost($"/v1/clusters/{{name}}/{action}", (HttpContext http, string name) => ChangeAsync(http, desk, name, action == "drain" ? action : "cordon", change))
                .RequirePlatformAdmin().WithName($"{char.ToUpperInvariant(action[0])}{action[1..]}Cluster").WithTags("Cluster");
    }

    private static async Task<IResult> ChangeAsync(HttpContext http, ResourceDesk<Cluster> desk, string name, string action, Func<ClusterSpec, ClusterSpec> change)
    {
        Principal principal = http.GetPrincipal();
        if (desk.Find(principal.Tenant, null, name) is not { } cluster) return ResourceProblem.NotFound($"Cluster {name}").ToResult();
        return ResourceWrites.ToResult(http, await desk.ReplaceAsync(
            cluster with { Spec = change(cluster.Spec) }, new FieldWriter(action), principal.Tenant, principal.Name, null, dryRun: false, http.RequestAborted));
    }
}
