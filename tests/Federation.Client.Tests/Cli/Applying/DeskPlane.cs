using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Tenancy;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Federation.Storage.Logs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Client.Tests.Cli.Applying;

/// <summary>The services' own way of resources over REST, on a store in memory: what merges, refuses and keeps owners is the real thing.</summary>
internal sealed class DeskPlane : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IStore _store;

    private DeskPlane(WebApplication app, IStore store, string contextPath)
    {
        _app = app;
        _store = store;
        ContextPath = contextPath;
        Client = FederationClient.Create(ContextFile.Load(contextPath).File.Find(null)!);
    }

    public string ContextPath { get; }

    public FederationClient Client { get; }

    public static async Task<DeskPlane> StartAsync(string folder)
    {
        IStore store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, TestContext.Current.CancellationToken);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var caller = new Principal("tester", new TenantId("default"), Role.Admin);
        app.Use((HttpContext http, RequestDelegate next) =>
        {
            http.SetCaller(caller, caller);
            return next(http);
        });
        app.MapPost("/oauth2/token", () => TypedResults.Json(new TokenReply("token", "Bearer", 600), Domain.Json.DomainJson.Options));
        app.MapResource(Desk<Workload>(store), store);
        app.MapResource(Desk<Route>(store), store);
        app.MapResource(Desk<PlacementPolicy>(store), store);
        app.MapResource(Desk<Volume>(store), store);
        app.MapResource(Desk<Config>(store), store);
        app.MapResource(Desk<Cluster>(store), store);
        app.MapResource(new ResourceDesk<Secret>(store, new HiddenValues(), TimeProvider.System, SecureChance.Instance), store);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        string contextPath = Path.Combine(folder, "context.json");
        new ContextFile().With("test", new ClientContext { Server = address, ClientId = "admin", ClientSecret = "s", Tenant = "default", Namespace = "default" }, true).Save(contextPath);
        return new(app, store, contextPath);
    }

    public Task<FedctlCall> RunAsync(params string[] args) => FedctlCall.RunAsync(ContextPath, args);

    public Task<FedctlCall> RunAsync(string[] args, string input) => FedctlCall.RunAsync(ContextPath, args, input);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static ResourceDesk<T> Desk<T>(IStore store) where T : Resource => new(store, new ResourceRules<T>(), TimeProvider.System, SecureChance.Instance);

    /// <summary>As SecretStore does: versions and keys are shown, values never.</summary>
    private sealed class HiddenValues : ResourceRules<Secret>
    {
        public override Secret Prepare(Secret desired, Secret? present)
        {
            string[] keys = [.. (desired.Spec.Data ?? new Dictionary<string, string>()).Keys.Order(StringComparer.Ordinal)];
            return desired with { Status = new MaterialStatus((present?.Status?.Version ?? 0) + 1, keys) };
        }

        public override Secret Shown(Secret stored) => stored with { Spec = new MaterialSpec() };
    }
}
