using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Identity;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Builder;

namespace Federation.Services.Tests.Identity;

/// <summary>A real Identity on ports of its own, over a state folder that outlives it, so that a test can start it again.</summary>
internal sealed class IdentityHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IdentityHost(WebApplication app, string folder, int httpPort, int grpcPort, TimeProvider time)
    {
        _app = app;
        Folder = folder;
        Time = time;
        Http = new HttpClient { BaseAddress = new Uri($"http://localhost:{httpPort}") };
        Grpc = new Uri($"https://localhost:{grpcPort}");
    }

    public string Folder { get; }

    public TimeProvider Time { get; }

    public HttpClient Http { get; }

    public Uri Grpc { get; }

    public IServiceProvider Services => _app.Services;

    public WebApplication Application => _app;

    public string Bootstrap(string name) => Path.Combine(Folder, "bootstrap", name);

    public PlaneTrust Trust => PlaneTrust.FromPem(File.ReadAllText(Bootstrap("authority.pem")));

    public static async Task<IdentityHost> StartAsync(string folder, TimeProvider? time = null)
    {
        int http = FreePort.Next(), grpc = FreePort.Next();
        time ??= TimeProvider.System;
        WebApplication app = await IdentityApplication.BuildAsync(Arguments(folder, http, grpc), time);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var host = new IdentityHost(app, folder, http, grpc, time);
        while (!(await host.Http.GetAsync("/health", TestContext.Current.CancellationToken)).IsSuccessStatusCode)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        return host;
    }

    public static string[] Arguments(string folder, int http, int grpc) =>
    [
        $"--Federation:StateDirectory={Path.Combine(folder, "identity")}", $"--Federation:KekFile={Path.Combine(folder, "identity-kek")}",
        $"--Federation:BootstrapDirectory={Path.Combine(folder, "bootstrap")}", $"--Federation:HttpPort={http}", $"--Federation:GrpcPort={grpc}",
        $"--Federation:Issuer=http://localhost:{http}",
    ];

    public (string ClientId, string ClientSecret) Credentials(string file)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Bootstrap(file)))!;
        return (json["clientId"]!.GetValue<string>(), json["clientSecret"]!.GetValue<string>());
    }

    public async Task<string> TokenAsync(string clientId, string clientSecret)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", clientId), new("client_secret", clientSecret)]);
        using HttpResponseMessage reply = await Http.PostAsync("/oauth2/token", form, TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
        return (await reply.Content.ReadFromJsonAsync<TokenReply>(TestContext.Current.CancellationToken))!.AccessToken;
    }

    public async Task<string> AdminTokenAsync()
    {
        (string id, string secret) = Credentials("admin.json");
        return await TokenAsync(id, secret);
    }

    /// <summary>Makes a service account in a tenant (made too, if it is missing), and returns its token.</summary>
    public async Task<string> PrincipalAsync(string tenant, string name, string role)
    {
        string admin = await AdminTokenAsync();
        await SendAsync(HttpMethod.Post, "/v1/tenants", admin, new TenantRequest(tenant));
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Post, $"/v1/serviceaccounts?tenant={tenant}", admin, new ServiceAccountRequest(name, role));
        ServiceAccountReply made = (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<ServiceAccountReply>(TestContext.Current.CancellationToken))!;
        return await TokenAsync(made.ClientId, made.ClientSecret);
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, object? body = null) => SendAsync(Http, method, path, token, body);

    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path, string? token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) request.Content = body as HttpContent ?? JsonContent.Create(body, body.GetType());
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JoinToken> JoinTokenAsync(string cluster, string? node, int? lifetimeSeconds = null)
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Post, "/v1/jointokens", await AdminTokenAsync(), new JoinTokenRequest(cluster, node, lifetimeSeconds));
        JoinTokenReply made = (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JoinTokenReply>(TestContext.Current.CancellationToken))!;
        return JoinToken.TryParse(made.Token, out JoinToken? token) ? token : throw new InvalidOperationException(made.Token);
    }

    public GrpcCertificateIssuer Issuer() => new(Grpc, Time);

    public async Task<X509Certificate2> EnrollAsync(JoinToken token, MachineKey key, string? node = null) =>
        key.Bind(await Issuer().EnrollAsync(Trust, token, key.CreateSigningRequest(), node, TestContext.Current.CancellationToken));

    public async Task<X509Certificate2> EnrollServiceAsync(string service, MachineKey key)
    {
        Assert.True(JoinToken.TryParse(await File.ReadAllTextAsync(Bootstrap($"service-{service}.token"), TestContext.Current.CancellationToken), out JoinToken? token));
        return await EnrollAsync(token, key);
    }

    public async Task<X509Certificate2> EnrollNodeAsync(NodeKey node, MachineKey key) => await EnrollAsync(await JoinTokenAsync(node.Cluster.Value, node.Node.Value), key);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
