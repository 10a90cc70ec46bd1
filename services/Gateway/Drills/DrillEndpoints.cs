using Federation.Gateway.Api;
using Federation.ServiceDefaults.Auth;

namespace Federation.Gateway.Drills;

/// <summary>The drills over REST: Placement's list, with the gateway's own counts.</summary>
public static class DrillEndpoints
{
    /// <summary>Maps <c>GET /v1/drills</c>.</summary>
    public static void MapDrills(this IEndpointRouteBuilder endpoints)
    {
        var drills = endpoints.ServiceProvider.GetRequiredService<DrillCounts>();
        var calls = endpoints.ServiceProvider.GetRequiredService<OwnerCalls>();
        endpoints.MapGet("/v1/drills", (RequestDelegate)(context => drills.HandleAsync(context, calls))).RequirePlatformAdmin();
    }
}
