using Federation.Domain.Chance;
using Federation.Domain.Tenancy;
using Federation.Feeds;
using Federation.Identity.Api;
using Federation.Identity.Enrolling;
using Federation.Identity.Planes;
using Federation.Identity.Tenants;
using Federation.Identity.Tokens;
using Federation.Security.AtRest;
using Federation.Security.Enrollment;
using Federation.Security.Files;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Backups;
using Federation.ServiceDefaults.Feeds;
using Federation.ServiceDefaults.Hosting;
using Federation.ServiceDefaults.Resources;
using Federation.ServiceDefaults.Trails;
using Federation.Storage;
using Federation.Storage.Sqlite;

namespace Federation.Identity;

/// <summary>Identity as an application: who is who, machines and principals.</summary>
public static class IdentityApplication
{
    /// <summary>Opens the store, founds the plane if there is none, and builds the service.</summary>
    /// <exception cref="KeyRingException">The key-encryption key file cannot be used.</exception>
    /// <exception cref="StoreOpenException">The store cannot be opened.</exception>
    public static async Task<WebApplication> BuildAsync(string[] args, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSingleton(time);
        builder.AddServiceDefaults("identity");
        IdentityOptions options = IdentityOptions.From(builder.Configuration);
        IChance chance = SecureChance.Instance;

        DurableFile.EnsurePrivateFolder(options.StateDirectory);
        IStore store = await SqliteStore.OpenAsync(Path.Combine(options.StateDirectory, "identity.db"));
        PlaneCustodian custodian;
        try
        {
            KeyRing ring = await PlaneFounding.FoundAsync(store, options, time, chance, CancellationToken.None);
            custodian = PlaneCustodian.Open(store, ring, options.TokenRules, time, chance);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        // By factories: the container disposes what it made itself.
        builder.Services.AddSingleton(_ => store);
        builder.Services.AddSingleton(_ => custodian);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<ITokenKeySource>(custodian);
        builder.Services.AddSingleton<ICertificateIssuer>(new LocalIssuer(custodian, time));
        builder.Services.AddSingleton<EnrollmentDesk>();
        builder.Services.AddSingleton<ServiceTokens>();
        builder.Services.AddSingleton<SecretChecks>();
        builder.Services.AddSingleton(new ResourceDesk<Namespace>(store, new NamespaceRules(), time, chance));
        builder.AddPlaneMembership(new CertificateKeeperOptions
        {
            Folder = Path.Combine(options.StateDirectory, "certificate"),
            JoinToken = JoinToken.Create(custodian.Authority.Trust).Reveal(),
        });
        builder.AddServiceListeners();
        builder.Services.AddTrails(store, TrailBound.OfAudit(builder.Configuration));
        builder.AddAccessGate();
        builder.AddPeerChecks();
        builder.Services.AddLoops(provider => [("service tokens", provider.GetRequiredService<ServiceTokens>().RunAsync)]);

        builder.Services.AddOpenApi();

        WebApplication app = builder.Build();
        await app.Services.GetRequiredService<ServiceTokens>().WriteAsync(CancellationToken.None);
        app.Services.GetRequiredService<RevokedPeers>().Replace(RevocationDocument.All(store.Current, custodian.Authority.Trust.Plane));
        app.MapServiceDefaults();
        app.UsePlaneAuth();
        app.MapIssuer(options);
        app.MapTenants();
        app.MapResource(app.Services.GetRequiredService<ResourceDesk<Namespace>>(), store);
        app.MapAccounts();
        app.MapNodes();
        app.MapKeys();
        app.MapBackups();
        app.MapStoreCopy("identity", store, time, chance);
        app.MapAudit("/v1/audit", store);
        app.MapOpenApi("/v1/openapi.json").AllowAnonymousCaller("the contract is public");
        app.MapEnrollment();
        // Namespaces alone leave Identity.
        app.MapDocumentFeed(new StoreFeed(store, document => document.Key.Kind == "Namespace" ? document.Body : default(ReadOnlyMemory<byte>?), time));
        return app;
    }
}
