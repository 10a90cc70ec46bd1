using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Forwarding;

/// <summary>What a request carries on: its own host, and who asked for it. What a caller claims in the forwarding headers is replaced, not believed.</summary>
public sealed class ForwardTransformer : HttpTransformer
{
    private static readonly string[] Claims = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Real-IP"];

    private readonly bool _holdsBack;

    private ForwardTransformer(bool holdsBack) => _holdsBack = holdsBack;

    /// <summary>Passes every answer on.</summary>
    public static ForwardTransformer Instance { get; } = new(holdsBack: false);

    /// <summary>Holds answers of 500 and above back: nothing of them reaches the caller but the status, which can still be cleared.</summary>
    public static ForwardTransformer HoldingBack { get; } = new(holdsBack: true);

    /// <inheritdoc/>
    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken) =>
        _holdsBack && proxyResponse is { StatusCode: >= System.Net.HttpStatusCode.InternalServerError }
            ? ValueTask.FromResult(false)
            : base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (string claim in Claims) proxyRequest.Headers.Remove(claim);
        if (httpContext.Connection.RemoteIpAddress is { } address) proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", address.ToString());
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        if (httpContext.Request.Host.HasValue) proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", httpContext.Request.Host.Value);
    }
}
