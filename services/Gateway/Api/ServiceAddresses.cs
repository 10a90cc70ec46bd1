using System.Diagnostics;
using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace Federation.Gateway.Api;

/// <summary>The other services' REST doors, and the connections to them.</summary>
public sealed class ServiceAddresses(IConfiguration configuration) : IDisposable
{
    /// <summary>Sends requests to the services as they are.</summary>
    public HttpMessageInvoker Invoker { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    }, disposeHandler: true);

    /// <summary>The address of a service's REST door, from <c>services__NAME__http__0</c>.</summary>
    public string Of(string service) => configuration[$"services:{service}:http:0"] is { Length: > 0 } address
        ? address.TrimEnd('/')
        : throw new InvalidOperationException($"services__{service}__http__0 is not set: where is {service}?");

    /// <inheritdoc/>
    public void Dispose() => Invoker.Dispose();
}
