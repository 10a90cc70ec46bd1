using Federation.Domain.Chance;
using Federation.Feeds;
using Federation.Gateway.Api;
using Federation.Gateway.Drills;
using Federation.Gateway.Forwarding;
using Federation.Gateway.Hosting;
using Federation.Gateway.Loops;
using Federation.Gateway.Tables;
using Federation.Gateway.Traffic;
using Federation.Gateway.Tunnels;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Drills;
using Federation.ServiceDefaults.Feeds;
using Federation.ServiceDefaults.Grpc;
using Federation.ServiceDefaults.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("gateway");
// Every try that fails, and every caller that leaves, would be a warning with its stack: the gateway's metrics and answers tell of them.
builder.Logging.AddFilter("Yarp", LogLevel.Error);
builder.AddPlaneAuth();
builder.AddGatewayListeners();
builder.AddForwarding(provider => new LastTableFile(builder.Configuration["Federation:StateDirectory"]!));
builder.Services.AddSingleton(provider => new FeedFollower(
    "health",
    new GrpcFeedSource(() => provider.GetRequiredService<PlaneChannels>().To("health")),
    [.. TableLoop.FollowedKinds, DrillWatch.Kind],
    provider.GetRequiredService<TimeProvider>(),
    provider.GetRequiredService<IChance>(),
    provider.GetRequiredService<ILogger<FeedFollower>>()));
builder.Services.AddSingleton(provider => new TrafficLoop(
    provider.GetRequiredService<TrafficBook>(),
    provider.GetRequiredService<TunnelRegistry>(),
    provider.GetRequiredService<GatewayTable>(),
    (report, ct) => provider.GetRequiredService<PlaneChannels>().To("health").UnaryAsync(PlaneMethods.ReportTraffic, report, null, ct),
    provider.GetRequiredService<TimeProvider>(),
    provider.GetRequiredService<IChance>(),
    provider.GetRequiredService<ILogger<TrafficLoop>>()));
builder.Services.AddSingleton(provider => new ReachAudit(
    (entry, ct) => provider.GetRequiredService<PlaneChannels>().To("placement").UnaryAsync(PlaneMethods.AppendAudit, entry, null, ct),
    provider.GetRequiredService<TimeProvider>(),
    provider.GetRequiredService<ILogger<ReachAudit>>()));
builder.Services.AddSingleton(provider => new DrillWatch(() => provider.GetRequiredService<FeedFollower>().Current, provider.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton<DrillCounts>();
builder.Services.AddLoops(provider =>
[
    ("drills", provider.GetRequiredService<DrillCounts>().RunAsync),
    ("traffic", provider.GetRequiredService<TrafficLoop>().RunAsync),
    ("table", provider.GetRequiredService<TableLoop>().RunAsync),
    ("health feed", provider.GetRequiredService<FeedFollower>().RunAsync),
]);
builder.Services.AddGatewayApi();

var app = builder.Build();
app.UseWorkloadDoors();
app.UseRouting();
app.MapServiceDefaults();
app.UsePlaneAuth();
app.UseWebSockets();
app.MapGatewayApi();
app.MapDrills();
app.MapTunnels();
await app.RunAsync();
