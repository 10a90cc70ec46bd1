using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Federation.Grpc.Server;

/// <summary>Registers what serving gRPC needs.</summary>
public static class GrpcServices
{
    /// <summary>Registers the options that mapped methods work by. May be called again: later settings win.</summary>
    public static IServiceCollection AddGrpcServer(this IServiceCollection services, Action<GrpcServerOptions> configure)
    {
        services.AddRouting();
        services.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, UnknownMethodFilter>());
        return services;
    }
}
