using Federation.Domain.Chance;
using Federation.Domain.Clusters;
using Federation.Feeds;
using Federation.Health.Liveness;
using Federation.Health.Service.Api;
using Federation.Health.Service.Drills;
using Federation.Health.Service.Events;
using Federation.Health.Service.Loops;
using Federation.Health.Service.Reports;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Drills;
using Federation.ServiceDefaults.Feeds;
using Federation.ServiceDefaults.Hosting;
using Federation.Storage;
using Federation.Storage.Logs;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("health");
builder.AddPlaneAuth();

// Volatile on purpose: every start is another incarnation, rebuilt from the agents' full sets.
DocumentStore store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, CancellationToken.None);
builder.Services.AddSingleton<IStore>(store);
builder.Services.AddSingleton(provider => new HealthClock(provider.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton(provider => new ObservationDesk(store, provider.GetRequiredService<HealthClock>(), VerdictLimits.Default));
builder.Services.AddSingleton<ReportSessions>();
builder.Services.AddSingleton<VerdictEvents>();
builder.Services.AddSingleton(new TrafficDesk(store));
builder.Services.AddSingleton(provider => new FeedFollower(
    "placement",
    new GrpcFeedSource(() => provider.GetRequiredService<PlaneChannels>().To("placement")),
    ["Cluster", "Workload", "Route", "Assignment", "Rollout", LostCluster.Kind, DrillWatch.Kind],
    provider.GetRequiredService<TimeProvider>(),
    provider.GetRequiredService<IChance>(),
    provider.GetRequiredService<ILogger<FeedFollower>>()));
builder.Services.AddSingleton(provider => new VerdictLoop(
    provider.GetRequiredService<ObservationDesk>(),
    provider.GetRequiredService<FeedFollower>(),
    provider.GetRequiredService<HealthClock>(),
    provider.GetRequiredService<VerdictEvents>(),
    provider.GetRequiredService<ILogger<VerdictLoop>>()));
builder.Services.AddSingleton(provider => new EndpointLoop(
    store,
    provider.GetRequiredService<FeedFollower>(),
    provider.GetRequiredService<TimeProvider>(),
    provider.GetRequiredService<ILogger<EndpointLoop>>()));
builder.Services.AddSingleton(provider => new DrillWatch(() => provider.GetRequiredService<FeedFollower>().Current, provider.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton<DrillRelay>();
builder.Services.AddLoops(provider =>
[
    ("drills", provider.GetRequiredService<DrillRelay>().RunAsync),
    ("verdicts", provider.GetRequiredService<VerdictLoop>().RunAsync),
    ("endpoints", provider.GetRequiredService<EndpointLoop>().RunAsync),
    ("placement feed", provider.GetRequiredService<FeedFollower>().RunAsync),
]);
builder.Services.AddOpenApi();

var app = builder.Build();
using var verdicts = new VerdictGauges(store);
app.MapServiceDefaults();
app.UsePlaneAuth();
app.MapHealthApi();
app.MapOpenApi("/v1/openapi.json").AllowAnonymousCaller("the contract is public");
app.MapReports();
app.MapTraffic();
app.MapDocumentFeed(new StoreFeed(store, document => document.Body, app.Services.GetRequiredService<TimeProvider>()));
await app.RunAsync();
