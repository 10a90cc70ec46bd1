using Federation.Gateway.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Api;

/// <summary>Passes what is no call to the API to the dashboard, so that both have one address. Without a dashboard there is nothing else here.</summary>
public sealed class DashboardDoor(IConfiguration configuration, ServiceAddresses addresses, IHttpForwarder forwarder, ILogger<ApiForwarder> logger)
{
    private const string Owner = "dashboard";
    private const string Away = """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>The dashboard does not answer</title></head>
        <body><main><h1>The dashboard does not answer</h1><p>The API and everything that runs go on. Reload this page in a moment.</p></main></body></html>
        """;

    private static readonly ForwarderRequestConfig Config = new()
    {
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        // A page's stream is quiet for 15 s at most.
        ActivityTimeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (HostilePath.IsHostile(context.Request.Path.Value ?? "/") || configuration[$"services:{Owner}:http:0"] is not { Length: > 0 })
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        ForwarderError error = await forwarder.SendAsync(context, addresses.Of(Owner), addresses.Invoker, Config, ForwardTransformer.Instance, CancellationToken.None);
        if (error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
        logger.LogOwnerAway(Owner, context.Features.Get<IForwarderErrorFeature>()?.Exception?.Message ?? error.ToString());
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.RetryAfter = "1";
        await context.Response.WriteAsync(Away, context.RequestAborted);
    }
}
