using Federation.Routing.Documents;
using Federation.Routing.Tables;

namespace Federation.Routing.Persistence;

/// <summary>A table as it is kept on disk.</summary>
public sealed record LastTable
{
    /// <summary>The routes.</summary>
    public required IReadOnlyList<RouteEntry> Routes { get; init; }

    /// <summary>The workloads with their endpoints.</summary>
    public required IReadOnlyList<ServiceEndpoints> Services { get; init; }

    /// <summary>What to keep of a table.</summary>
    public static LastTable Of(RouteTable table) => new()
    {
        Routes = [.. table.AllRoutes()],
        Services = [.. table.AllServices().Select(static service => new ServiceEndpoints
        {
            Service = service.Key,
            Trial = service.Trial,
            Endpoints = [.. service.Endpoints.ToArray().Select(static endpoint => endpoint.Endpoint)],
        })],
    };

    /// <summary>Puts what was kept into a builder, as of a history that is over.</summary>
    public RouteTable Restore(RouteTableBuilder builder)
    {
        foreach (RouteEntry route in Routes) builder.Put(route);
        foreach (ServiceEndpoints service in Services) builder.Put(service);
        return builder.Commit();
    }
}
