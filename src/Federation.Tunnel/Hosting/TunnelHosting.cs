using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Federation.Tunnel.Hosting;

/// <summary>Registers the tunnel transport.</summary>
public static class TunnelHosting
{
    /// <summary>Lets Kestrel listen on <see cref="TunnelEndPoint"/>s, beside its own transports.</summary>
    public static IServiceCollection AddTunnelTransport(this IServiceCollection services)
    {
        services.AddSingleton<TunnelConnectionListenerFactory>();
        services.AddSingleton<IConnectionListenerFactory>(provider => provider.GetRequiredService<TunnelConnectionListenerFactory>());
        return services;
    }
}
