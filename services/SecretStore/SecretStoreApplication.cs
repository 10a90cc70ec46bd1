using Federation.Domain.Chance;
using Federation.Domain.SecretMaterial;
using Federation.Feeds;
using Federation.Grpc.Server;
using Federation.SecretStore.Api;
using Federation.SecretStore.Keys;
using Federation.SecretStore.Materials;
using Federation.SecretStore.Sealing;
using Federation.Security.AtRest;
using Federation.Security.Files;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Backups;
using Federation.ServiceDefaults.Feeds;
using Federation.ServiceDefaults.Grpc;
using Federation.ServiceDefaults.Hosting;
using Federation.ServiceDefaults.Resources;
using Federation.ServiceDefaults.Trails;
using Federation.Storage;
using Federation.Storage.Sqlite;

namespace Federation.SecretStore;

/// <summary>SecretStore as an application: Secrets and Configs, encrypted at rest, sealed to whoever needs them.</summary>
public static class SecretStoreApplication
{
    /// <summary>Opens the store and builds the service.</summary>
    /// <exception cref="KeyRingException">The key-encryption key file cannot be used, or is another than the store was sealed with.</exception>
    /// <exception cref="StoreOpenException">The store cannot be opened.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args, TimeProvider? time = null, Action<WebApplicationBuilder>? configure = null)
    {
        time ??= TimeProvider.System;
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton(time);
        builder.AddServiceDefaults("secretstore");
        builder.AddPlaneAuth();
        configure?.Invoke(builder);
        var options = SecretStoreOptions.From(builder.Configuration);
        IChance chance = SecureChance.Instance;

        DurableFile.EnsurePrivateFolder(options.StateDirectory);
        IStore store = await SqliteStore.OpenAsync(Path.Combine(options.StateDirectory, "secretstore.db"));
        KeyVault vault;
        KeyRotation rotation;
        try
        {
            vault = await KeyVault.OpenAsync(store, options.KekFile, CancellationToken.None);
            rotation = new KeyRotation(store, vault, time, chance);
            await rotation.ResumeAsync(CancellationToken.None);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        var secrets = new ResourceDesk<Secret>(store, new MaterialRules<Secret>(MaterialForms.Secret, vault, store), time, chance);
        var configs = new ResourceDesk<Config>(store, new MaterialRules<Config>(MaterialForms.Config, vault, store), time, chance);
        // By factories: the container disposes what it made itself.
        builder.Services.AddSingleton(_ => store);
        builder.Services.AddSingleton(_ => vault);
        builder.Services.AddSingleton(_ => rotation);
        builder.Services.AddSingleton<SealingDesk>();
        builder.Services.AddTrails(store, TrailBound.OfAudit(builder.Configuration));
        builder.Services.AddOpenApi();

        WebApplication app = builder.Build();
        app.MapServiceDefaults();
        app.UsePlaneAuth();
        app.MapResource(secrets, store);
        app.MapResource(configs, store);
        app.MapSecretKeys();
        app.MapStoreCopy("secretstore", store, time, chance);
        app.MapAudit("/v1/audit/secrets", store);
        app.MapOpenApi("/v1/openapi.json").AllowAnonymousCaller("the contract is public");
        app.MapDocumentFeed(new StoreFeed(store, MaterialHead.Project, time));
        SealingDesk desk = app.Services.GetRequiredService<SealingDesk>();
        app.MapGrpcUnary(PlaneMethods.Seal, AllowedPeers.Service("placement"), (request, call) => desk.SealAsync(request, call.CancellationToken));
        return app;
    }
}
