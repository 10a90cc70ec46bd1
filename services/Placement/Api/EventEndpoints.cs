using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Placement.Documents;
using Federation.ServiceDefaults.Auth;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>What happened, and who did what, in the caller's tenant.</summary>
public static class EventEndpoints
{
    private const int MaxItems = 1000;

    /// <summary>More than a call can ask for, so that one that a removal overtakes still finds its number.</summary>
    public const int KeptPerTenant = 2000;

    public static void MapEvents(this IEndpointRouteBuilder endpoints, IStore store)
    {
        endpoints.MapGet("/v1/events", (HttpContext http, int? limit) => TypedResults.Ok(new ItemList<EventRecord>(
                Newest<EventRecord>(store, Kinds.Event, http.GetPrincipal().Tenant, limit))))
            .RequireViewer().WithName("ListEvents").WithTags("Event");
        endpoints.MapAudit("/v1/audit/placement", store);
    }

    private static List<T> Newest<T>(IStore store, string kind, TenantId tenant, int? limit) where T : class
    {
        int most = Math.Clamp(limit ?? 200, 1, MaxItems);
        return [.. store.Current.List(kind, $"{tenant}/").TakeLast(most).Select(PlacementState.Read<T>)];
    }
}
