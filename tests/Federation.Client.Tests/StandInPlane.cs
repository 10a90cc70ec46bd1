using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Federation.Client.Tests;

/// <summary>A real HTTP server that answers as a test says, and keeps what it was asked.</summary>
internal sealed class StandInPlane : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StandInPlane(WebApplication app) => _app = app;

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public Uri Address { get; private set; } = null!;

    public sealed record Asked(string Method, string Target, string Body, IReadOnlyDictionary<string, string> Headers)
    {
        public override string ToString() => $"{Method} {Target}";
    }

    public static async Task<StandInPlane> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var plane = new StandInPlane(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            plane.Requests.Enqueue(new(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                await reader.ReadToEndAsync(context.RequestAborted),
                context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await answer(context);
        });
        await app.StartAsync();
        plane.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");
        return plane;
    }

    public FederationClient Client(FederationClientOptions? options = null, Tokens.ITokenSource? tokens = null) =>
        new(new HttpClient { BaseAddress = Address }, tokens, options);

    public string[] Targets() => [.. Requests.Select(static request => request.ToString())];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
