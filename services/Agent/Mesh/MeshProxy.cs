using System.Diagnostics;
using System.Net;
using Federation.Adapters.Node.Reconciling;
using Federation.Adapters.Node.Replicas;
using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Tunnel.Connections;
using Federation.Tunnel.Dialing;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Agent.Mesh;

/// <summary>
/// An HTTP forward proxy on loopback: what a replica sends to <c>http://api/</c> goes through the node's tunnel into the gateway's mesh, under the
/// name of the workload that the replica is of. It knows no addresses: finding the callee is the gateway's.
/// </summary>
public sealed class MeshProxy : IDisposable
{
    private static readonly TimeSpan TunnelPatience = TimeSpan.FromSeconds(3);

    // Those that concern one connection alone (RFC 9110, 7.6.1), and what is between the replica and this proxy.
    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host",
    };

    private static readonly HashSet<string> TraceHeaders = new(StringComparer.OrdinalIgnoreCase) { "traceparent", "tracestate" };

    private readonly NodeReconciler _replicas;
    private readonly MeshCredentials _credentials;
    private readonly TunnelLoop _tunnel;
    private readonly HttpMessageInvoker _kept;
    private readonly HttpMessageInvoker _single;

    public MeshProxy(NodeReconciler replicas, MeshCredentials credentials, TunnelLoop tunnel)
    {
        _replicas = replicas;
        _credentials = credentials;
        _tunnel = tunnel;
        _kept = Client(TimeSpan.FromMinutes(2));
        // A connection that was idle may turn out to be gone, and is then tried again on another one: for what must not be done twice each has its own.
        _single = Client(TimeSpan.Zero);
    }

    /// <summary>Answers a request that came to the proxy's port.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (HttpMethods.IsConnect(context.Request.Method))
        {
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "this proxy carries http:// between workloads; it makes no tunnels (CONNECT), so call without https");
            return;
        }
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget is not { } target || !target.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "this is an HTTP proxy: it takes requests for http://NAME/ alone");
            return;
        }
        if (_credentials.Find(context.Request.Headers.ProxyAuthorization, _replicas) is not { } caller)
        {
            context.Response.Headers.ProxyAuthenticate = "Basic realm=\"federation mesh\"";
            await RefuseAsync(context, StatusCodes.Status407ProxyAuthenticationRequired, "only replicas of this node may call, with the credentials in their http_proxy");
            return;
        }
        await ForwardAsync(context, caller, target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.Dispose();
        _single.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, ReplicaRecord caller, string target)
    {
        using HttpRequestMessage request = Request(context, caller, target);
        bool repeatable = HttpMethods.IsGet(request.Method.Method) || HttpMethods.IsHead(request.Method.Method) || HttpMethods.IsOptions(request.Method.Method);
        HttpResponseMessage response;
        try
        {
            response = await (repeatable ? _kept : _single).SendAsync(request, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            bool refused = TunnelConnectCallback.IsRefused(e);
            if (refused) context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, refused ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status502BadGateway,
                refused ? "the gateway cannot be reached; nothing was sent" : "the way through the gateway broke; the request may have been carried out");
            return;
        }
        using (response) await AnswerAsync(context, response);
    }

    private static HttpRequestMessage Request(HttpContext context, ReplicaRecord caller, string target)
    {
        HttpRequest incoming = context.Request;
        int path = target.IndexOf('/', "http://".Length);
        WorkloadKey workload = caller.Workload;
        // The host picks the pooled connections: each carries one caller's name.
        var request = new HttpRequestMessage(new HttpMethod(incoming.Method), new Uri($"http://{workload.Name}.{workload.Namespace}.{workload.Tenant}{(path < 0 ? "/" : target[path..])}"))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (incoming.ContentLength > 0 || incoming.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(incoming.Body);
        bool traced = Activity.Current is { Recorded: true };
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in incoming.Headers)
        {
            if (NotForwarded.Contains(name) || IsNamedByConnection(incoming, name)) continue;
            // Where this proxy is a span of the caller's trace, the gateway's is below it.
            if (traced && TraceHeaders.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
        if (traced) DistributedContextPropagator.Current.Inject(Activity.Current, request, static (carrier, name, value) => ((HttpRequestMessage)carrier!).Headers.TryAddWithoutValidation(name, value));
        request.Headers.Host = incoming.Host.Value;
        return request;
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach ((string name, IEnumerable<string> values) in response.Headers.Concat(response.Content.Headers))
            if (!NotForwarded.Contains(name)) context.Response.Headers[name] = values.ToArray();
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await context.Response.StartAsync(context.RequestAborted);
            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
        }
    }

    private static bool IsNamedByConnection(HttpRequest request, string header) =>
        request.Headers.Connection.Any(value => value is not null && value.Split(',', StringSplitOptions.TrimEntries).Contains(header, StringComparer.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"federation mesh: {reason}\n", context.RequestAborted);
    }

    private HttpMessageInvoker Client(TimeSpan lifetime) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = lifetime,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ActivityHeadersPropagator = null,
        ConnectCallback = async (connection, cancellationToken) =>
        {
            string[] caller = connection.DnsEndPoint.Host.Split('.');
            TunnelConnection tunnel = await _tunnel.CurrentAsync(TunnelPatience, cancellationToken);
            return await tunnel.OpenAsync(new TunnelOpen { Mesh = new MeshTarget { Workload = caller[0], Namespace = caller[1], Tenant = caller[2] } }, cancellationToken);
        },
    });
}
