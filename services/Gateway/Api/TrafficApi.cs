using Federation.Contracts.Api;
using Federation.Domain.Json;
using Federation.Gateway.Forwarding;
using Federation.Gateway.Traffic;
using Federation.ServiceDefaults.Auth;

namespace Federation.Gateway.Api;

/// <summary>What the tenant's routes carry now.</summary>
public sealed class TrafficApi(RouteTraffic traffic)
{
    /// <summary>Answers with <see cref="RouteTrafficView"/>s; a route that nobody asked lately is left out.</summary>
    public Task HandleAsync(HttpContext context)
    {
        RequestId.Ensure(context);
        return context.Response.WriteAsJsonAsync(new ItemList<RouteTrafficView>(traffic.Of(context.GetPrincipal().Tenant)), DomainJson.Options, context.RequestAborted);
    }
}
