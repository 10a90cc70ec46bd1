using Federation.Domain.Chance;
using Federation.Feeds;
using Federation.Gateway.Hosting;
using Federation.Gateway.Loops;
using Federation.Gateway.Tables;
using Federation.Gateway.Traffic;
using Federation.Gateway.Tunnels;
using Federation.Gateway.Upstreams;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Gateway.Forwarding;

/// <summary>The parts that carry workload traffic. They need a <see cref="FeedFollower"/> of Health's documents.</summary>
public static class ForwardingSetup
{
    /// <summary>Adds them.</summary>
    public static WebApplicationBuilder AddForwarding(this WebApplicationBuilder builder, Func<IServiceProvider, ILastTableFile> file)
    {
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton(file);
        builder.Services.AddSingleton(provider => new GatewayTable(provider.GetRequiredService<IChance>()));
        builder.Services.AddSingleton<TunnelRegistry>();
        builder.Services.AddSingleton<TunnelGauges>();
        builder.Services.AddSingleton<IReplicaDialer, TunnelDialer>();
        builder.Services.AddSingleton<UpstreamPool>();
        builder.Services.AddSingleton<TrafficBook>();
        builder.Services.AddSingleton<RouteTraffic>();
        builder.Services.AddSingleton<ServiceForwarder>();
        builder.Services.AddSingleton<IngressDoor>();
        builder.Services.AddSingleton<MeshDoor>();
        builder.Services.AddSingleton(provider => new TableLoop(
            provider.GetRequiredService<FeedFollower>(),
            provider.GetRequiredService<GatewayTable>(),
            provider.GetRequiredService<ILastTableFile>(),
            provider.GetRequiredService<UpstreamPool>().RetireAbsent,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TableLoop>>()));
        return builder;
    }

    /// <summary>Answers what comes in by the workloads' doors, before the API's routing sees it.</summary>
    public static void UseWorkloadDoors(this WebApplication app)
    {
        // Made once, to be read from then on.
        app.Services.GetRequiredService<TunnelGauges>();
        IngressDoor ingress = app.Services.GetRequiredService<IngressDoor>();
        MeshDoor mesh = app.Services.GetRequiredService<MeshDoor>();
        app.Use((context, next) =>
        {
            if (context.Features.Get<DoorFeature>() is not { } entered) return next(context);
            // The gateway's own instruments tell of these requests, by route; the server's would tell the same once more.
            if (context.Features.Get<IHttpMetricsTagsFeature>() is { } server) server.MetricsDisabled = true;
            return entered.Door == Door.Ingress ? ingress.HandleAsync(context) : mesh.HandleAsync(context);
        });
    }
}
