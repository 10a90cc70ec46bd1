using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Domain.Workloads;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Dashboard.Pages;

/// <summary>The tenant's routes, each with the workload behind it.</summary>
public sealed record RoutesModel(Reading<IReadOnlyList<Route>> Routes, IReadOnlyDictionary<string, Workload> Workloads, string? Text, int PageNumber)
{
    public const int PageSize = 50;

    public IReadOnlyList<Route> Found { get; } = [.. (Routes.Value ?? []).Where(route => Text is null
        || $"{route.Spec.Host}{route.Spec.Path} {route.Metadata.Namespace}/{route.Spec.Workload}".Contains(Text, StringComparison.OrdinalIgnoreCase))
        .OrderBy(route => route.Spec.Host, StringComparer.OrdinalIgnoreCase).ThenBy(route => route.Spec.Path, StringComparer.Ordinal)];

    public int Pages => Math.Max(1, (Found.Count + PageSize - 1) / PageSize);

    public int Page => Math.Min(PageNumber, Pages);

    public IReadOnlyList<Route> Shown => [.. Found.Skip((Page - 1) * PageSize).Take(PageSize)];

    public Workload? Behind(Route route) => Workloads.GetValueOrDefault($"{route.Metadata.Namespace}/{route.Spec.Workload}");

    public string Query(int page) => $"/routes?page={page}{(Text is null ? "" : "&q=" + Uri.EscapeDataString(Text))}";

    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        var routesTask = request.ReadAsync(request.Plane.Routes);
        var workloadsTask = request.ReadAsync(request.Plane.Workloads);
        Reading<IReadOnlyList<Route>> routes = await routesTask;
        var byName = ((await workloadsTask).Value ?? []).ToDictionary(workload => $"{workload.Metadata.Namespace}/{workload.Metadata.Name}");
        return PageContent.Of<RoutesPage>("Routes", "routes", new RoutesModel(routes, byName, request.Query("q"), request.PageNumber));
    }
}
