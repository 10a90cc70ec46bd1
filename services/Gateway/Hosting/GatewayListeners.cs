using System.Net;
using Federation.Tunnel.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Federation.Gateway.Hosting;

/// <summary>The doors beside a service's usual two: the ingress, and the mesh within the agents' tunnels.</summary>
public static class GatewayListeners
{
    /// <summary>Where mesh streams enter.</summary>
    public static TunnelEndPoint Mesh { get; } = new("mesh");

    /// <summary>Listens on <c>Federation__IngressPort</c> (loopback, or <c>Federation__IngressAddress</c>) for HTTP/1.1 and HTTP/2, and on the mesh.</summary>
    public static WebApplicationBuilder AddGatewayListeners(this WebApplicationBuilder builder)
    {
        int port = builder.Configuration.GetValue<int?>("Federation:IngressPort") ?? throw new InvalidOperationException("Federation__IngressPort is not set");
        string? address = builder.Configuration["Federation:IngressAddress"];
        var parked = new ParkedConnections();
        builder.Services.AddSingleton<IConnectionListenerFactory>(parked);
        builder.Services.AddTunnelTransport();
        // A request is taken, passed on and answered without blocking: to go on where its bytes came in spares two changes of thread.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Uploads and downloads of workloads may be of any size and pace; the API door sets its own limit.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            Action<ListenOptions> ingress = listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.Use(next => connection => SplitAsync(next, parked, connection));
            };
            if (address is { Length: > 0 }) kestrel.Listen(IPAddress.Parse(address), port, ingress);
            else if (port == 0) kestrel.Listen(IPAddress.Loopback, 0, ingress);
            else kestrel.ListenLocalhost(port, ingress);
            kestrel.Listen(new ParkedEndPoint(), listener => listener.Protocols = HttpProtocols.Http2);
            kestrel.Listen(Mesh, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.Use(next => connection =>
                {
                    connection.Features.Set(new DoorFeature(Door.Mesh));
                    return next(connection);
                });
            });
        });
        return builder;
    }

    private static async Task SplitAsync(ConnectionDelegate next, ParkedConnections parked, ConnectionContext connection)
    {
        connection.Features.Set(new DoorFeature(Door.Ingress));
        bool? http2 = await Http2Preface.DetectAsync(connection);
        if (http2 is null) return;
        await (http2.Value ? parked.ServeAsync(connection) : next(connection));
    }
}
