using Federation.Contracts.Api;
using Federation.Gateway.Forwarding;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Api;

/// <summary>Passes API calls to the service that owns them, token and all: the owner checks it. A call that reached no one is answered with who is away.</summary>
public sealed class ApiForwarder(ServiceAddresses addresses, IHttpForwarder forwarder, ILogger<ApiForwarder> logger)
{
    /// <summary>The largest body the API takes.</summary>
    public const long LargestBody = 4 * 1024 * 1024;

    private static readonly ForwarderRequestConfig Config = new()
    {
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        // Watches send a bookmark at least every 10 s.
        ActivityTimeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>Answers a call.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "/";
        RequestId.Ensure(context);
        if (HostilePath.IsHostile(path))
        {
            await context.WriteProblemAsync(400, ProblemTypes.InvalidResource, "The path is refused", "the path hides . or .. behind encoded slashes or backslashes");
            return;
        }
        if (context.Request.ContentLength > LargestBody)
        {
            await context.WriteProblemAsync(413, ProblemTypes.TooLarge, "The body is too large", $"a call to the API may carry {LargestBody} bytes, this one has {context.Request.ContentLength}");
            return;
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LargestBody;

        string owner = OwnerRules.OwnerOf(path);
        ForwarderError error = await forwarder.SendAsync(context, addresses.Of(owner), addresses.Invoker, Config, ForwardTransformer.Instance, CancellationToken.None);
        if (error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
        Exception? exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (error is ForwarderError.RequestBodyClient && exception is BadHttpRequestException { StatusCode: 413 })
        {
            await context.WriteProblemAsync(413, ProblemTypes.TooLarge, "The body is too large", $"a call to the API may carry {LargestBody} bytes");
            return;
        }
        logger.LogOwnerAway(owner, exception?.Message ?? error.ToString());
        bool reached = FailedTries.Classify(context, error, exception) != FailedTry.NotSent;
        await context.WriteProblemAsync(503, ProblemTypes.Unavailable, $"The service {owner} does not answer",
            reached
                ? $"{owner} took the call and its connection broke before it answered; whether the call was carried out can be seen by reading again"
                : $"{owner} cannot be reached, so nothing was done; workloads and their traffic go on without it",
            retryAfterSeconds: 1);
    }
}
