using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Placement.Documents;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Route = Federation.Domain.Routing.Route;
using RouteSpec = Federation.Domain.Routing.RouteSpec;

namespace Federation.Placement.Api;

/// <summary>What a Route adds to the common way: host and path are a claim, held by one route in the plane.</summary>
public sealed class RouteRules(NamespaceDirectory namespaces) : ResourceRules<Route>
{
    public override ResourceChange OnApply(Route desired, Route? present, WriteContext context)
    {
        if (namespaces.Refusal(context.Tenant, desired.Metadata.Namespace!) is { } problem) return new ResourceChange.Refused(problem);
        if (PortRefusal(desired, context.Tenant, context.Snapshot) is { } unfit) return new ResourceChange.Refused(unfit);
        DocumentKey claim = ClaimOf(desired.Spec);
        var mine = new RouteClaim($"{context.Tenant}/{desired.Metadata.Namespace}/{desired.Metadata.Name}");
        if (context.Snapshot.Get(claim) is { } held && PlacementState.Read<RouteClaim>(held) is var holder && holder != mine)
        {
            string who = holder.Route.StartsWith($"{context.Tenant}/", StringComparison.Ordinal) ? $"Route {holder.Route[(context.Tenant.Value.Length + 1)..]}" : "another tenant";
            return new ResourceChange.Refused(ResourceProblem.Claimed(
                $"host {desired.Spec.Host} with path {desired.Spec.Path} is claimed by {who}; choose another host or path, or remove that route", who));
        }
        var conditions = new List<StoreCondition> { new(claim, context.Snapshot.Get(claim)?.Revision ?? 0) };
        var writes = new List<StoreWrite> { PlacementState.Put(Kinds.RouteClaim, claim.Key, mine) };
        if (present is not null && ClaimOf(present.Spec) is var old && old != claim) writes.Add(new(old, null));
        return new ResourceChange.Allowed(conditions, writes);
    }

    public override ResourceChange OnDelete(Route present, WriteContext context) =>
        new ResourceChange.Allowed([], [new(ClaimOf(present.Spec), null)]);

    /// <summary>Why the port of a declared workload can carry no requests; null if it can, or is not declared yet.</summary>
    public static ResourceProblem? PortRefusal(Route route, TenantId tenant, IStoreSnapshot snapshot)
    {
        IReadOnlyList<PortTemplate> ports = new PlacementState(snapshot).Workload(new(tenant, route.Metadata.Namespace!, route.Spec.Workload))?.Spec.Template.Ports ?? [];
        PortTemplate[] connecting = [.. ports.Where(static port => port.Protocol.Connects())];
        PortTemplate? meant = route.Spec.Port is { } name ? ports.FirstOrDefault(port => port.Name == name) : connecting.FirstOrDefault() ?? ports.FirstOrDefault();
        if (meant?.Protocol.Connects() != false) return null;
        return ResourceProblem.OfInput(
            [new ManifestError("", "spec.port", 0, 0, "a route carries requests, and this port of the workload takes datagrams (udp)", connecting.Length == 0 ? null : $"it has {string.Join(", ", connecting.Select(static port => port.Name))}")],
            withPlaces: false);
    }

    /// <summary>The claim on a route's host and path.</summary>
    public static DocumentKey ClaimOf(RouteSpec spec) => new(Kinds.RouteClaim, $"{spec.Host.ToLowerInvariant()} {spec.Path}");

    /// <summary>Who holds a claim.</summary>
    /// <param name="Route">The route's key, <c>tenant/namespace/name</c>.</param>
    public sealed record RouteClaim(string Route);
}
