using System.Diagnostics;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Forwarding;

/// <summary>What a request carries on: its own host, its trace, and who asked for it. What a caller claims in the forwarding headers is replaced, not believed.</summary>
public sealed class ForwardTransformer : HttpTransformer
{
    private static readonly string[] Claims = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Real-IP"];
    private static readonly ForwardTransformer[] All = [new(false, false), new(false, true), new(true, false), new(true, true)];

    private readonly bool _holdsBack;
    private readonly bool _traced;

    private ForwardTransformer(bool holdsBack, bool traced)
    {
        _holdsBack = holdsBack;
        _traced = traced;
    }

    /// <summary>Passes every answer on; the client underneath names its own span in the request.</summary>
    public static ForwardTransformer Instance => For(holdsBack: false, traced: true);

    /// <summary>The transformer for one try.</summary>
    /// <param name="holdsBack">Hold answers of 500 and above back: nothing of them reaches the caller but the status, which can still be cleared.</param>
    /// <param name="traced">The client underneath names its own span in the request.</param>
    public static ForwardTransformer For(bool holdsBack, bool traced) => All[(holdsBack ? 2 : 0) + (traced ? 1 : 0)];

    /// <inheritdoc/>
    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken) =>
        _holdsBack && proxyResponse is { StatusCode: >= System.Net.HttpStatusCode.InternalServerError }
            ? ValueTask.FromResult(false)
            : base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        ValueTask copied = base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        if (!copied.IsCompletedSuccessfully) return FinishAsync(copied, httpContext, proxyRequest);
        Finish(httpContext, proxyRequest);
        return ValueTask.CompletedTask;
    }

    private async ValueTask FinishAsync(ValueTask copied, HttpContext httpContext, HttpRequestMessage proxyRequest)
    {
        await copied;
        Finish(httpContext, proxyRequest);
    }

    private void Finish(HttpContext httpContext, HttpRequestMessage proxyRequest)
    {
        foreach (string claim in Claims) proxyRequest.Headers.Remove(claim);
        if (httpContext.Connection.RemoteIpAddress is { } address) proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", address.ToString());
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        if (httpContext.Request.Host.HasValue) proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", httpContext.Request.Host.Value);
        if (_traced || Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } trace }) return;
        proxyRequest.Headers.Remove("traceparent");
        proxyRequest.Headers.TryAddWithoutValidation("traceparent", trace);
    }
}
