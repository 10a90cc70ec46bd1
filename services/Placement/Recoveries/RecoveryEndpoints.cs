using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Placement.Documents;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Backups;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Recoveries;

/// <summary>How far a recovery is, and its end; and what is refused until then.</summary>
public static class RecoveryEndpoints
{
    private const string Path = "/v1/recovery";

    /// <summary>Maps the endpoints.</summary>
    public static void MapRecovery(this IEndpointRouteBuilder endpoints, RecoveryDesk desk, IStore store, TimeProvider time, IChance chance)
    {
        endpoints.MapGet(Path, () => TypedResults.Ok(desk.View())).RequirePlatformAdmin().WithName("GetRecovery").WithTags("Recovery");
        endpoints.MapPost(Path + "/finish", async (HttpContext http, FinishRecoveryRequest request) =>
            {
                await store.CommitAsync(new StoreTransaction { Writes = [CopyAudit.Record(http, store, "finished", new DocumentKey("Recovery", "plane"), time.GetUtcNow(), chance)] }, http.RequestAborted);
                return await desk.FinishAsync(request.Adopt, http.GetTokenPrincipal().Name, http.RequestAborted) is { } done
                    ? Results.Ok(done)
                    : ResourceProblem.NotFound("a recovery of this plane").ToResult();
            })
            .RequirePlatformAdmin().WithName("FinishRecovery").WithTags("Recovery");
    }

    /// <summary>Refuses writes while it is not known what the clusters hold: a workload declared now would be another than the one that runs.</summary>
    public static void UseRecoveryGate(this IApplicationBuilder app, IStore store) => app.Use(async (context, next) =>
    {
        bool writes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        PathString path = context.Request.Path;
        if (!writes || !path.StartsWithSegments("/v1") || path.StartsWithSegments("/v1/clusters") || path.StartsWithSegments(Path) || new PlacementState(store.Current).Decides)
        {
            await next(context);
            return;
        }
        context.Response.Headers.RetryAfter = "5";
        await ResourceProblem.Unavailable("the plane is being recovered, and takes no declarations before it knows what the clusters run: see fedctl recover status, and end it with fedctl recover finish")
            .ToResult().ExecuteAsync(context);
    });
}
