using Federation.Domain.Identifiers;
using Federation.Domain.Routing;
using Federation.Routing.Documents;
using Federation.Routing.Tables;

namespace Federation.Routing.Computation;

/// <summary>From declared routes to table entries.</summary>
public static class RouteRules
{
    /// <summary>The entry of a route; null if the route lacks what an entry needs (its tenant and namespace are the server's to fill in).</summary>
    public static RouteEntry? Compute(Route route)
    {
        if (route.Metadata is not { Tenant: { } tenant, Namespace: { } inNamespace } || route.Spec.Host.Length == 0) return null;
        return new RouteEntry
        {
            Host = HostName.Normalise(route.Spec.Host).ToString().ToLowerInvariant(),
            Path = PathPrefix.Normalise(route.Spec.Path),
            Service = new WorkloadKey(tenant, inNamespace, route.Spec.Workload),
            Port = route.Spec.Port,
        };
    }
}
