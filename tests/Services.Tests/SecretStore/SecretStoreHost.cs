using Federation.SecretStore;
using Federation.Services.Tests.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federation.Services.Tests.SecretStore;

/// <summary>A real SecretStore beside an <see cref="IdentityHost"/>, on ports of its own, with everything it logs.</summary>
internal sealed class SecretStoreHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SecretStoreHost(WebApplication app, CapturedLog log, int http, int grpc)
    {
        _app = app;
        Log = log;
        Http = new HttpClient { BaseAddress = new Uri($"http://localhost:{http}") };
        Grpc = new Uri($"https://localhost:{grpc}");
    }

    public CapturedLog Log { get; }

    public HttpClient Http { get; }

    public Uri Grpc { get; }

    public WebApplication Application => _app;

    public static string[] Arguments(IdentityHost identity, int http, int grpc) =>
    [
        $"--Federation:StateDirectory={Path.Combine(identity.Folder, "secretstore")}", $"--Federation:KekFile={Path.Combine(identity.Folder, "secretstore-kek")}",
        $"--Federation:JoinTokenFile={identity.Bootstrap("service-secretstore.token")}", $"--Federation:AuthorityFile={identity.Bootstrap("authority.pem")}",
        $"--services:identity:http:0={identity.Http.BaseAddress}", $"--services:identity:grpc:0={identity.Grpc}",
        $"--Federation:HttpPort={http}", $"--Federation:GrpcPort={grpc}",
    ];

    public static async Task<SecretStoreHost> StartAsync(IdentityHost identity)
    {
        int http = FreePort.Next(), grpc = FreePort.Next();
        var log = new CapturedLog();
        WebApplication app = await SecretStoreApplication.BuildAsync(Arguments(identity, http, grpc), identity.Time, builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Trace);
            builder.Logging.AddFilter((_, _) => true);
            builder.Services.AddSingleton<ILoggerProvider>(log);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var host = new SecretStoreHost(app, log, http, grpc);
        while (!(await host.Http.GetAsync("/health", TestContext.Current.CancellationToken)).IsSuccessStatusCode)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        return host;
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, object? body = null) => IdentityHost.SendAsync(Http, method, path, token, body);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
