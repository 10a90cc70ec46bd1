using Federation.Contracts.Api;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Domain.Workloads;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Dashboard.Pages;

/// <summary>The tenant's routes, each with the workload behind it and what it carries.</summary>
public sealed record RoutesModel(
    Reading<IReadOnlyList<Route>> Routes, IReadOnlyDictionary<string, Workload> Workloads, Reading<IReadOnlyList<RouteTrafficView>> Traffic, string? Text, int PageNumber)
{
    public const int PageSize = 50;

    public IReadOnlyList<Route> Found { get; } = [.. (Routes.Value ?? []).Where(route => Text is null
        || $"{route.Spec.Host}{route.Spec.Path} {route.Metadata.Namespace}/{route.Spec.Workload}".Contains(Text, StringComparison.OrdinalIgnoreCase))
        .OrderBy(route => route.Spec.Host, StringComparer.OrdinalIgnoreCase).ThenBy(route => route.Spec.Path, StringComparer.Ordinal)];

    public int Pages => Math.Max(1, (Found.Count + PageSize - 1) / PageSize);

    public int Page => Math.Min(PageNumber, Pages);

    public IReadOnlyList<Route> Shown => [.. Found.Skip((Page - 1) * PageSize).Take(PageSize)];

    public Workload? Behind(Route route) => Workloads.GetValueOrDefault($"{route.Metadata.Namespace}/{route.Spec.Workload}");

    /// <summary>What the route carries; null if nobody asked it lately, or nothing is known.</summary>
    public RouteTrafficView? Carries(Route route) => (Traffic.Value ?? []).FirstOrDefault(view => view.Address == AddressOf(route));

    // As the gateway's table has it: no case in hosts, no slash at a path's end.
    private static string AddressOf(Route route) => $"{route.Spec.Host.ToLowerInvariant()}{(route.Spec.Path.Trim('/') is { Length: > 0 } path ? "/" + path : "/")}";

    public string Query(int page) => $"/routes?page={page}{(Text is null ? "" : "&q=" + Uri.EscapeDataString(Text))}";

    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        var routesTask = request.ReadAsync(request.Plane.Routes);
        var workloadsTask = request.ReadAsync(request.Plane.Workloads);
        var trafficTask = request.ReadAsync(request.Plane.Traffic);
        Reading<IReadOnlyList<Route>> routes = await routesTask;
        var byName = ((await workloadsTask).Value ?? []).ToDictionary(workload => $"{workload.Metadata.Namespace}/{workload.Metadata.Name}");
        return PageContent.Of<RoutesPage>("Routes", "routes", new RoutesModel(routes, byName, await trafficTask, request.Query("q"), request.PageNumber));
    }
}
