using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Forwarding;

/// <summary>What a request carries on: its own host, and who asked for it. What a caller claims in the forwarding headers is replaced, not believed.</summary>
public sealed class ForwardTransformer : HttpTransformer
{
    private static readonly string[] Claims = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Real-IP"];

    /// <summary>The one instance.</summary>
    public static ForwardTransformer Instance { get; } = new();

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
