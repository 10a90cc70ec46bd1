using Federation.Grpc.Methods;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Federation.Grpc.Server;

/// <summary>Checks and maps one method.</summary>
internal static class GrpcEndpointMapping
{
    public static IEndpointConventionBuilder Map<TRequest, TResponse>(
        IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, GrpcMethodKind kind, AllowedPeers peers,
        Func<GrpcServerStream<TRequest, TResponse>, GrpcServerCall, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(peers);
        method.Require(kind);
        GrpcServerOptions options = endpoints.ServiceProvider.GetRequiredService<IOptions<GrpcServerOptions>>().Value;
        if (options.Authorize is null)
            throw new InvalidOperationException($"{method.Path} cannot be mapped: call AddGrpcServer and set GrpcServerOptions.Authorize, which decides who is one of {peers}");
        ILogger logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Federation.Grpc.Server");
        CancellationToken stopping = endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        GrpcEndpoint<TRequest, TResponse> endpoint = new(method, peers, handler, options, stopping, logger);
        return endpoints.MapPost(method.Path, endpoint.ServeAsync)
            .WithMetadata(new GrpcMethodMetadata(method.Path, method.Kind, peers))
            .WithDisplayName($"gRPC: {method.Path}");
    }
}
