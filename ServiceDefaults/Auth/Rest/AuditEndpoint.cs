using Federation.Contracts.Api;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Federation.ServiceDefaults.Auth;

/// <summary>A service's audit records over REST.</summary>
public static class AuditEndpoint
{
    private const int DefaultCount = 100;
    private const int MaxCount = 1000;

    /// <summary>Maps the newest records of the caller's tenant, newest first, for its administrators.</summary>
    public static void MapAudit(this IEndpointRouteBuilder endpoints, string path, IStore store) =>
        endpoints.MapGet(path, (HttpContext http, int? limit) =>
            {
                Principal principal = http.GetPrincipal();
                int count = Math.Clamp(limit ?? DefaultCount, 1, MaxCount);
                var newest = new Queue<StoredDocument>(count);
                foreach (StoredDocument document in store.Current.List(AuditTrail.Kind, principal.Tenant + "/"))
                {
                    if (newest.Count == count) newest.Dequeue();
                    newest.Enqueue(document);
                }
                return TypedResults.Json(new ItemList<AuditRecord>([.. newest.Reverse().Select(document => document.Read<AuditRecord>())]));
            })
            .RequireAdmin().WithTags("Audit");
}
