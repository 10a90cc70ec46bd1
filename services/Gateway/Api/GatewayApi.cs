using Federation.Contracts.Api;
using Federation.Domain.Clusters;
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
        services.AddSingleton<ForeignServicesApi>();
        services.AddSingleton<TrafficApi>();
        services.AddSingleton<ContractApi>();
        services.AddOpenApi(ContractApi.Own);
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
        var foreign = services.GetRequiredService<ForeignServicesApi>();
        var calls = services.GetRequiredService<OwnerCalls>();
        var time = services.GetRequiredService<TimeProvider>();

        var traffic = services.GetRequiredService<TrafficApi>();
        var contract = services.GetRequiredService<ContractApi>();

        const string workloads = "/v1/namespaces/{namespace}/workloads/{workload}";
        // Their query parameters are named for the contract; the handlers read them, as others may come several times.
        endpoints.MapGet(workloads + "/logs", (HttpContext context, string @namespace, string workload, string[]? cluster, string[]? node, string[]? replica, string? follow, string? tail, string? since, string? previous, string? format) =>
                logs.HandleAsync(context, @namespace, workload))
            .RequireViewer().WithName("ReadLogs").WithTags("Workload").WithSummary("The output of all replicas in one stream, a line each").Produces<LogLine>(200, "application/x-ndjson");
        endpoints.MapGet(workloads + "/exec", (HttpContext context, string @namespace, string workload, string? replica, string[]? command, string? stdin, string? tty, string? columns, string? rows) =>
                exec.HandleAsync(context, @namespace, workload))
            .RequireDeployer().WithName("Exec").WithTags("Workload").WithSummary("Runs a command beside a replica, over a WebSocket").Produces(101);
        endpoints.MapGet(workloads + "/portforward", (HttpContext context, string @namespace, string workload, string? replica, string? port) =>
                forward.HandleAsync(context, @namespace, workload))
            .RequireDeployer().WithName("PortForward").WithTags("Workload").WithSummary("One connection to a replica's port, over a WebSocket").Produces(101);
        endpoints.MapGet("/v1/usage", (HttpContext context, CancellationToken _) => usage.HandleAsync(context))
            .RequireViewer().WithName("ReadUsage").WithTags("Usage").WithSummary("What nodes and replicas use now").Produces<UsageReport>();
        endpoints.MapGet("/v1/clusters/{name}/services", (HttpContext context, string name) => foreign.HandleAsync(context, name))
            .RequirePlatformAdmin().WithName("ListForeignServices").WithTags("Cluster").WithSummary("What a swarm runs that is not the plane's").Produces<ItemList<ForeignService>>();
        endpoints.MapGet("/v1/traffic", (HttpContext context, CancellationToken _) => traffic.HandleAsync(context))
            .RequireViewer().WithName("ReadTraffic").WithTags("Route").WithSummary("What the tenant's routes carry now").Produces<ItemList<RouteTrafficView>>();
        endpoints.MapGet("/v1/events", (HttpContext context, string? @object, int? limit) => EventsApi.HandleAsync(context, calls, time))
            .RequireViewer().WithName("ListEvents").WithTags("Event").WithSummary("What happened, oldest first").Produces<ItemList<EventRecord>>();
        endpoints.MapGet(ContractApi.Path, (RequestDelegate)contract.HandleAsync).AllowAnonymousCaller("the contract is public");
        foreach (string pattern in new[] { "/v1/{**rest}", "/oauth2/{**rest}", "/.well-known/{**rest}", "/openapi/{**rest}" })
            endpoints.Map(pattern, forwarder.HandleAsync).AllowAnonymousCaller(OwnerChecks);
        endpoints.MapFallback("{**rest}", services.GetRequiredService<DashboardDoor>().HandleAsync).AllowAnonymousCaller("the dashboard's pages ask for a session themselves");
    }
}
