using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Placement.Documents;
using Federation.Placement.Moving;
using Federation.Placement.Status;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>Cordon, uncordon and drain, of clusters and of single nodes; what has not left yet; and the decision that one is gone for good.</summary>
public static class ClusterEndpoints
{
    public static void MapClusterActions(this IEndpointRouteBuilder endpoints, ResourceDesk<Cluster> desk, DepartureReader departures, IStore store)
    {
        Map("cordon", spec => spec with { Cordoned = true }, node => node with { Cordoned = true });
        Map("uncordon", spec => spec with { Cordoned = false, Draining = false }, node => node with { Cordoned = false, Draining = false });
        Map("drain", spec => spec with { Cordoned = true, Draining = true }, node => node with { Cordoned = true, Draining = true });
        endpoints.MapGet("/v1/clusters/{name}/departures", (HttpContext http, string name, string? node) => Departures(http, desk, departures, name, node))
            .RequirePlatformAdmin().WithName("ListDepartures").WithTags("Cluster");
        endpoints.MapPost("/v1/clusters/{name}/confirm-lost", (HttpContext http, string name, ConfirmLostRequest request) => ConfirmLostAsync(http, desk, departures, store, name, request))
            .RequirePlatformAdmin().WithName("ConfirmLost").WithTags("Cluster");

        void Map(string action, Func<ClusterSpec, ClusterSpec> change, Func<NodeSetting, NodeSetting> changeNode)
        {
            string owner = action == "drain" ? action : "cordon", title = $"{char.ToUpperInvariant(action[0])}{action[1..]}";
            endpoints.MapPost($"/v1/clusters/{{name}}/{action}", (HttpContext http, string name) => ChangeAsync(http, desk, name, owner, change))
                .RequirePlatformAdmin().WithName($"{title}Cluster").WithTags("Cluster");
            endpoints.MapPost($"/v1/clusters/{{name}}/nodes/{{node}}/{action}", (HttpContext http, string name, string node) =>
                    MissingNode(http, desk, departures, name, node) is { } missing ? Task.FromResult(missing) : ChangeAsync(http, desk, name, owner, spec => spec.WithNode(node, changeNode)))
                .RequirePlatformAdmin().WithName($"{title}Node").WithTags("Cluster");
        }
    }

    private static IResult Departures(HttpContext http, ResourceDesk<Cluster> desk, DepartureReader departures, string name, string? node)
    {
        if (node is not null && MissingNode(http, desk, departures, name, node) is { } missing) return missing;
        if (desk.Find(http.GetPrincipal().Tenant, null, name) is null) return ResourceProblem.NotFound($"Cluster {name}").ToResult();
        return TypedResults.Ok(new ItemList<DepartureView>(departures.Read(new ClusterId(name), node is null ? null : new NodeId(node))));
    }

    private static async Task<IResult> ConfirmLostAsync(
        HttpContext http, ResourceDesk<Cluster> desk, DepartureReader departures, IStore store, string name, ConfirmLostRequest request)
    {
        if (request.Node is not null && MissingNode(http, desk, departures, name, request.Node) is { } missing) return missing;
        Principal principal = http.GetPrincipal();
        if (desk.Find(principal.Tenant, null, name) is not { } cluster) return ResourceProblem.NotFound($"Cluster {name}").ToResult();
        ClusterSpec spec = request.Node is null
            ? cluster.Spec with { ConfirmedLost = !request.Undo }
            : cluster.Spec.WithNode(request.Node, node => node with { ConfirmedLost = !request.Undo });
        ApplyOutcome<Cluster> outcome = await desk.ReplaceAsync(
            cluster with { Spec = spec }, new FieldWriter("confirm-lost"), principal.Tenant, principal.Name, null, dryRun: false, http.RequestAborted);
        if (outcome is ApplyOutcome<Cluster>.Refused refused) return refused.Problem.ToResult();
        NodeId? place = request.Node is null ? null : new NodeId(request.Node);
        return TypedResults.Ok(new ConfirmLostReply(request.Undo ? [] : LostPlaces.Stranded(new PlacementState(store.Current), new ClusterId(name), place)));
    }

    private static async Task<IResult> ChangeAsync(HttpContext http, ResourceDesk<Cluster> desk, string name, string action, Func<ClusterSpec, ClusterSpec> change)
    {
        Principal principal = http.GetPrincipal();
        if (desk.Find(principal.Tenant, null, name) is not { } cluster) return ResourceProblem.NotFound($"Cluster {name}").ToResult();
        return ResourceWrites.ToResult(http, await desk.ReplaceAsync(
            cluster with { Spec = change(cluster.Spec) }, new FieldWriter(action), principal.Tenant, principal.Name, null, dryRun: false, http.RequestAborted));
    }

    // A name with a slip in it would wait for ever for a node that never was.
    private static IResult? MissingNode(HttpContext http, ResourceDesk<Cluster> desk, DepartureReader departures, string name, string node)
    {
        if (desk.Find(http.GetPrincipal().Tenant, null, name) is not { } cluster) return ResourceProblem.NotFound($"Cluster {name}").ToResult();
        if (cluster.Spec.Kind != ClusterKind.Node)
            return ResourceProblem.Invalid($"cluster {name} is driven as a whole: its nodes are cordoned and drained with its own tools").ToResult();
        return cluster.Spec.NodeSetting(node) is not null || departures.Knows(new ClusterId(name), node) ? null : ResourceProblem.NotFound($"node {node} of cluster {name}").ToResult();
    }
}
