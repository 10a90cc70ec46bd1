using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Drills;
using Federation.Domain.Identifiers;
using Federation.Placement.Documents;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Backups;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Drills;

/// <summary>Drills over REST.</summary>
public static class DrillEndpoints
{
    private const int LeastSeconds = 5;
    private const int MostSeconds = 3600;

    /// <summary>Maps the endpoints, for the platform's administrators.</summary>
    public static void MapDrills(this IEndpointRouteBuilder endpoints, DrillDesk desk, IStore store, TimeProvider time, IChance chance)
    {
        endpoints.MapGet("/v1/drills", () => TypedResults.Ok(new ItemList<DrillView>([.. desk.All.Select(drill => View(desk, drill))]))).RequirePlatformAdmin().WithName("ListDrills").WithTags("Drill");
        endpoints.MapPost("/v1/drills", async (HttpContext http, DrillRequest request) =>
        {
            if (Name.Violation(request.Cluster) is { } rule) return ResourceProblem.Invalid($"cluster: {rule}").ToResult();
            if (request.Seconds is < LeastSeconds or > MostSeconds) return ResourceProblem.Invalid($"seconds is {LeastSeconds} to {MostSeconds}").ToResult();
            if (new PlacementState(store.Current).Cluster(request.Cluster) is null) return ResourceProblem.NotFound($"Cluster {request.Cluster}").ToResult();
            StoreWrite audit = CopyAudit.Record(http, store, "cut off", new DocumentKey(Kinds.Cluster, request.Cluster), time.GetUtcNow(), chance);
            return await desk.BeginAsync(new ClusterId(request.Cluster), TimeSpan.FromSeconds(request.Seconds), http.GetTokenPrincipal().Name, audit, http.RequestAborted) is { } drill
                ? TypedResults.Json(View(desk, drill), statusCode: 201)
                : ResourceProblem.InUse($"a drill goes on in cluster {desk.Active?.Cluster}; one cluster at a time is cut off").ToResult();
        }).RequirePlatformAdmin().WithName("BeginDrill").WithTags("Drill");
        endpoints.MapPost("/v1/drills/{id}/stop", async (HttpContext http, string id) =>
            await desk.StopAsync(id, http.GetTokenPrincipal().Name, http.RequestAborted) is { } drill
                ? TypedResults.Json(View(desk, drill))
                : ResourceProblem.NotFound($"a drill {id} that goes on").ToResult()).RequirePlatformAdmin().WithName("StopDrill").WithTags("Drill");
    }

    private static DrillView View(DrillDesk desk, Drill drill)
    {
        DrillFindings findings = desk.FindingsOf(drill);
        return new(drill.Id, drill.Cluster.Value, drill.StartedAt, drill.EndsAt, drill.StartedBy, drill.EndedAt, drill.EndedBy)
        {
            DetectedAfterSeconds = findings.DetectedAfterSeconds,
            ReplicasLost = findings.ReplicasLost,
            ReplacedAfterSeconds = findings.ReplacedAfterSeconds,
            MostOvercommittedCpuMillis = findings.MostOvercommittedCpuMillis,
            MostOvercommittedMemoryBytes = findings.MostOvercommittedMemoryBytes,
            Stranded = findings.Stranded,
            Partial = findings.Partial,
        };
    }
}
