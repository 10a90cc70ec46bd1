using Federation.Grpc.Framing;
using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Federation.Grpc.Server;

/// <summary>Maps methods, and answers for methods that are not mapped.</summary>
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
        MapUnmapped(endpoints);
        GrpcEndpoint<TRequest, TResponse> endpoint = new(method, peers, handler, options, logger);
        return endpoints.MapPost(method.Path, endpoint.ServeAsync)
            .WithMetadata(new GrpcMethodMetadata(method.Path, method.Kind, peers))
            .WithDisplayName($"gRPC: {method.Path}");
    }

    /// <summary>A gRPC client that asks for an unknown method is owed a gRPC status; other content goes on to whoever else wants the path.</summary>
    private static void MapUnmapped(IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<GrpcMappingState>().ClaimUnmapped())
            return;
        RouteValueDictionary policies = new() { ["grpcService"] = new GrpcContentTypeConstraint() };
        var pattern = RoutePatternFactory.Parse("{grpcService}/{grpcMethod}", defaults: null, parameterPolicies: policies);
        IEndpointConventionBuilder unmapped = endpoints.Map(pattern, static context =>
        {
            if (GrpcServerProtocol.TryBegin(context))
                GrpcServerProtocol.End(context, StatusCode.Unimplemented, $"there is no method {context.Request.Path}", null);
            return Task.CompletedTask;
        });
        unmapped.WithDisplayName("gRPC: unknown method");
        unmapped.Add(builder => ((RouteEndpointBuilder)builder).Order = int.MaxValue);
    }

    private sealed class GrpcContentTypeConstraint : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && ContentType.IsGrpc(httpContext.Request.ContentType);
    }
}
