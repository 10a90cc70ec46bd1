using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Domain.Json;
using Federation.Domain.Tenancy;
using Federation.Grpc.Client;
using Federation.Grpc.Server;
using Federation.Placement.Api;
using Federation.Placement.Documents;
using Federation.Security.Principals;
using Federation.Security.Tokens;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Grpc;
using Federation.Services.Tests.Gateway;
using Federation.Storage;
using Federation.Storage.Logs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federation.Services.Tests.Placement;

/// <summary>Placement's events and audit records, over its two doors.</summary>
public sealed class PlacementApiTests : IAsyncLifetime
{
    private readonly SigningKey _key = SigningKey.Create();
    private IStore _store = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private Uri _grpc = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await DocumentStore.OpenAsync(new MemoryCommitLog(SecureChance.Instance), null, Ct);
        int rest = GatewayRig.FreePort(), grpc = GatewayRig.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.UseGrpc();
            kestrel.Listen(IPAddress.Loopback, rest);
            kestrel.ListenLocalhost(grpc, static listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ITokenKeySource>(new FixedKeys(new PlaneKeys(Rules, new JsonWebKeySet([_key.Public]))));
        builder.Services.AddGrpcServer(static options => options.Authorize = static (_, _) => true);
        _app = builder.Build();
        _app.UseRouting();
        _app.UseMiddleware<AccessMiddleware>();
        _app.MapEvents(_store);
        _app.MapAuditEntries(_store, TimeProvider.System, SecureChance.Instance);
        await _app.StartAsync(Ct);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{rest}") };
        _grpc = new Uri($"http://localhost:{grpc}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        _key.Dispose();
    }

    [Fact]
    public async Task Events_OfATenant_AreItsOwnNewestOldestFirst()
    {
        for (int i = 0; i < 30; i++)
        {
            await HappenAsync("shop", i);
            await HappenAsync("bank", i);
        }
        ItemList<EventRecord> all = (await GetAsync<ItemList<EventRecord>>("shop", Role.Viewer, "/v1/events"))!;
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"shop {i}"), all.Items.Select(static item => item.Message));
        ItemList<EventRecord> few = (await GetAsync<ItemList<EventRecord>>("shop", Role.Viewer, "/v1/events?limit=3"))!;
        Assert.Equal(["shop 27", "shop 28", "shop 29"], few.Items.Select(static item => item.Message));
        using HttpResponseMessage anonymous = await _http.GetAsync("/v1/events", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public async Task Audit_EntryOfTheGateway_IsReadByTheTenantsAdministrators()
    {
        using var channel = new GrpcChannel(_grpc, new GrpcChannelOptions());
        await channel.UnaryAsync(PlaneMethods.AppendAudit, new AuditEntry { Tenant = "shop", Principal = "mia", Action = "exec", Workload = "shop/default/web", Detail = "replica web-1 on edge/n1" }, null, Ct);
        await channel.UnaryAsync(PlaneMethods.AppendAudit, new AuditEntry { Tenant = "bank", Principal = "tom", Action = "exec", Workload = "bank/default/vault" }, null, Ct);

        JsonNode record = Assert.Single((await GetAsync<JsonNode>("shop", Role.Admin, "/v1/audit/placement"))!["items"]!.AsArray())!;
        Assert.Equal(("mia", "exec", "Workload:shop/default/web", "replica web-1 on edge/n1"),
            (record["principal"]!.GetValue<string>(), record["action"]!.GetValue<string>(), record["target"]!.GetValue<string>(), record["detail"]!.GetValue<string>()));
        using HttpResponseMessage deployer = await SendAsync("shop", Role.Deployer, "/v1/audit/placement");
        Assert.Equal(HttpStatusCode.Forbidden, deployer.StatusCode);
    }

    private static TokenRules Rules => new("http://localhost", TokenRules.FederationAudience);

    private async Task HappenAsync(string tenant, int number) => await _store.CommitAsync(new StoreTransaction
    {
        Writes =
        [
            PlacementState.Put(Kinds.Event, string.Create(CultureInfo.InvariantCulture, $"{tenant}/{number:D20}-x"),
                new EventRecord(DateTimeOffset.UnixEpoch.AddSeconds(number), "Normal", "Assigned", "Workload default/web", $"{tenant} {number}", 1, "placement")),
        ],
    }, Ct);

    private async Task<T?> GetAsync<T>(string tenant, Role role, string path)
    {
        using HttpResponseMessage answer = await SendAsync(tenant, role, path);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<T>(DomainJson.Options, Ct);
    }

    private async Task<HttpResponseMessage> SendAsync(string tenant, Role role, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenSigner.Sign(_key, Rules, new Principal("someone", new(tenant), role), DateTimeOffset.UtcNow, TokenRules.Lifetime));
        return await _http.SendAsync(request, Ct);
    }

    private sealed class FixedKeys(PlaneKeys keys) : ITokenKeySource
    {
        public PlaneKeys? Current => keys;

        public Task<PlaneKeys?> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult<PlaneKeys?>(keys);
    }
}
