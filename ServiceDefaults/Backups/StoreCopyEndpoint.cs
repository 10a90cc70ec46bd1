using Federation.Domain.Chance;
using Federation.ServiceDefaults.Auth;
using Federation.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Federation.ServiceDefaults.Backups;

/// <summary>A service's whole store over REST, for backups: every document as it was at one revision, while the service goes on.</summary>
public static class StoreCopyEndpoint
{
    /// <summary>Maps <c>GET /v1/backups/SERVICE</c>, for the platform's administrators. What is sealed in the store is sealed in the copy.</summary>
    public static void MapStoreCopy(this IEndpointRouteBuilder endpoints, string service, IStore store, TimeProvider time, IChance chance) =>
        endpoints.MapGet($"/v1/backups/{service}", async (HttpContext http) =>
            {
                // On record before the first byte leaves.
                await store.CommitAsync(new StoreTransaction { Writes = [CopyAudit.Record(http, store, "copied", new DocumentKey("Store", service), time.GetUtcNow(), chance)] }, http.RequestAborted);
                http.Response.ContentType = "application/octet-stream";
                http.Response.Headers.CacheControl = "no-store";
                await StoreCopy.WriteAsync(http.Response.Body, service, store, http.RequestAborted);
            })
            .RequirePlatformAdmin();
}
