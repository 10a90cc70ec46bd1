using Federation.ServiceDefaults.Auth;

namespace Federation.Gateway.Api;

/// <summary>The API's one address: what the gateway answers itself, everything else under it by its owner, and the dashboard's pages.</summary>
public static class GatewayApi
{
    private const string OwnerChecks = "the gateway passes the call on; the owning service checks the token and the role";

    /// <summary>Adds what answers the calls.</summary>
    public static void AddGatewayApi(this IServiceCollection services)
    {
        services.AddSingleton<ServiceAddresses>();
        services.AddSingleton<ApiForwarder>();
        services.AddSingleton<DashboardDoor>();
        services.AddSingleton<OwnerCalls>();
        services.AddSingleton<AgentDoor>();
        services.AddSingleton<WorkloadReplicas>();
        services.AddSingleton<LogsApi>();
        services.AddSingleton<ExecApi>();
        services.AddSingleton<PortForwardApi>();
        services.AddSingleton<UsageApi>();
    }

    /// <summary>Maps the endpoints.</summary>
    public static void MapGatewayApi(this IEndpointRouteBuilder endpoints)
    {
        IServiceProvider services = endpoints.ServiceProvider;
        var forwarder = services.GetRequiredService<ApiForwarder>();
        var logs = services.GetRequiredService<LogsApi>();
        var exec = services.GetRequiredService<ExecApi>();
        var forward = services.GetRequiredService<PortForwardApi>();
        var usage = services.GetRequiredService<UsageApi>();
        var calls = services.GetRequiredService<OwnerCalls>();
        var time = services.GetRequiredService<TimeProvider>();

        const string workload = "/v1/namespaces/{namespace}/workloads/{workload}";
        endpoints.MapGet(workload + "/logs", (RequestDelegate)(context => logs.HandleAsync(context, Value(context, "namespace"), Value(context, "workload")))).RequireViewer();
        endpoints.Map(workload + "/exec", context => exec.HandleAsync(context, Value(context, "namespace"), Value(context, "workload"))).RequireDeployer();
        endpoints.MapGet(workload + "/portforward", (RequestDelegate)(context => forward.HandleAsync(context, Value(context, "namespace"), Value(context, "workload")))).RequireDeployer();
        endpoints.MapGet("/v1/usage", (RequestDelegate)usage.HandleAsync).RequireViewer();
        endpoints.MapGet("/v1/events", (RequestDelegate)(context => EventsApi.HandleAsync(context, calls, time))).RequireViewer();
        foreach (string pattern in new[] { "/v1/{**rest}", "/oauth2/{**rest}", "/.well-known/{**rest}", "/openapi/{**rest}" })
            endpoints.Map(pattern, forwarder.HandleAsync).AllowAnonymousCaller(OwnerChecks);
        endpoints.MapFallback("{**rest}", services.GetRequiredService<DashboardDoor>().HandleAsync).AllowAnonymousCaller("the dashboard's pages ask for a session themselves");
    }

    private static string Value(HttpContext context, string name) => (string)context.GetRouteValue(name)!;
}
