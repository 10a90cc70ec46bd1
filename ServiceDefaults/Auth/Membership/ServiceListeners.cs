using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Federation.Grpc.Server;
using Federation.Security.Enrollment;
using Federation.Security.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Federation.ServiceDefaults.Auth;

/// <summary>A service's two doors: plain HTTP/1.1 on loopback for REST, and HTTP/2 with mutual TLS for gRPC.</summary>
public static class ServiceListeners
{
    /// <summary>
    /// Listens on <c>Federation__HttpPort</c> (loopback alone) and <c>Federation__GrpcPort</c> (loopback, or <c>Federation__GrpcAddress</c>); 0 takes a free port.
    /// gRPC is never served without TLS, since the plain door speaks no HTTP/2.
    /// </summary>
    public static WebApplicationBuilder AddServiceListeners(this WebApplicationBuilder builder)
    {
        int http = Port(builder.Configuration, "HttpPort");
        int grpc = Port(builder.Configuration, "GrpcPort");
        IPAddress? address = builder.Configuration["Federation:GrpcAddress"] is { Length: > 0 } text ? IPAddress.Parse(text) : null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.UseGrpc();
            Listen(kestrel, null, http, listener => listener.Protocols = HttpProtocols.Http1);
            Listen(kestrel, address, grpc, listener => listener.UsePlaneTls());
        });
        return builder;
    }

    /// <summary>Makes a listener speak HTTP/2 with this machine's certificate; a client's certificate is asked for and judged.</summary>
    public static void UsePlaneTls(this ListenOptions listener)
    {
        CertificateKeeper keeper = listener.ApplicationServices.GetRequiredService<CertificateKeeper>();
        TimeProvider time = listener.ApplicationServices.GetRequiredService<TimeProvider>();
        listener.Protocols = HttpProtocols.Http2;
        listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(PlaneTls.ForServer(
                keeper.Current ?? throw new AuthenticationException("this service has no certificate yet"), time, SslApplicationProtocol.Http2)),
        });
    }

    private static void Listen(KestrelServerOptions kestrel, IPAddress? address, int port, Action<ListenOptions> configure)
    {
        if (address is not null) kestrel.Listen(address, port, configure);
        else if (port == 0) kestrel.Listen(IPAddress.Loopback, 0, configure);
        else kestrel.ListenLocalhost(port, configure);
    }

    private static int Port(IConfiguration configuration, string key) =>
        configuration.GetValue<int?>($"Federation:{key}") ?? throw new InvalidOperationException($"Federation__{key} is not set");
}
