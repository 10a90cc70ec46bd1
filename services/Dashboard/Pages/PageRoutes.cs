using Federation.Dashboard.Serving;

namespace Federation.Dashboard.Pages;

/// <summary>Which page is where.</summary>
internal static class PageRoutes
{
    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPage("/", OverviewModel.BuildAsync);
        endpoints.MapPage("/clusters", ClustersModel.BuildAsync);
        endpoints.MapPage("/clusters/{name}", ClusterModel.BuildAsync);
        endpoints.MapPage("/workloads", WorkloadsModel.BuildAsync);
        endpoints.MapPage("/workloads/{namespace}/{name}", WorkloadModel.BuildAsync);
        endpoints.MapPage("/routes", RoutesModel.BuildAsync);
        endpoints.MapPage("/events", EventsModel.BuildAsync);
        endpoints.MapPage("/tenants", TenantsModel.BuildAsync);
        endpoints.MapLogs();
        endpoints.MapFallback((RequestDelegate)(context =>
            context.RequestServices.GetRequiredService<PageServer>().ShowAsync(context, Messages.NoSuchPage())));
    }

    private static void MapPage(this IEndpointRouteBuilder endpoints, string pattern, Func<PageRequest, Task<PageContent>> build) =>
        endpoints.MapMethods(pattern, ["GET", "HEAD"], (RequestDelegate)(context => context.RequestServices.GetRequiredService<PageServer>().HandleAsync(context, build)));
}
