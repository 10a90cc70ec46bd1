using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Federation.Grpc.Server;

/// <summary>Maps methods to handlers. Each mapping names the peers that may call it; without <see cref="GrpcServerOptions.Authorize"/> mapping throws.</summary>
public static class GrpcEndpoints
{
    /// <summary>Maps a method with one request and one response.</summary>
    public static IEndpointConventionBuilder MapGrpcUnary<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, AllowedPeers peers,
        Func<TRequest, GrpcServerCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        return GrpcEndpointMapping.Map(endpoints, method, GrpcMethodKind.Unary, peers, async (stream, call) =>
        {
            TRequest request = await ReadSingleAsync(stream, call).ConfigureAwait(false);
            stream.Buffer(await handler(request, call).ConfigureAwait(false));
        });
    }

    /// <summary>Maps a method with one request and many responses; the handler's return ends them.</summary>
    public static IEndpointConventionBuilder MapGrpcServerStream<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, AllowedPeers peers,
        Func<TRequest, IMessageStream<TResponse, TRequest>, GrpcServerCall, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        return GrpcEndpointMapping.Map(endpoints, method, GrpcMethodKind.ServerStreaming, peers, async (stream, call) =>
        {
            TRequest request = await ReadSingleAsync(stream, call).ConfigureAwait(false);
            await handler(request, stream, call).ConfigureAwait(false);
        });
    }

    /// <summary>Maps a method with many requests and one response.</summary>
    public static IEndpointConventionBuilder MapGrpcClientStream<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, AllowedPeers peers,
        Func<IMessageStream<TResponse, TRequest>, GrpcServerCall, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        return GrpcEndpointMapping.Map(endpoints, method, GrpcMethodKind.ClientStreaming, peers, async (stream, call) =>
            stream.Buffer(await handler(stream, call).ConfigureAwait(false)));
    }

    /// <summary>Maps a method with many requests and many responses; the handler's return ends the call, whether or not the client has ended its side.</summary>
    public static IEndpointConventionBuilder MapGrpcDuplex<TRequest, TResponse>(
        this IEndpointRouteBuilder endpoints, GrpcMethod<TRequest, TResponse> method, AllowedPeers peers,
        Func<IMessageStream<TResponse, TRequest>, GrpcServerCall, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(handler);
        return GrpcEndpointMapping.Map(endpoints, method, GrpcMethodKind.Duplex, peers, (stream, call) => handler(stream, call));
    }

    private static async Task<TRequest> ReadSingleAsync<TRequest, TResponse>(GrpcServerStream<TRequest, TResponse> stream, GrpcServerCall call)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        (bool received, TRequest request) = await stream.ReceiveAsync(call.CancellationToken).ConfigureAwait(false);
        if (!received)
            throw new RpcException(StatusCode.Internal, "the call ended without its request");
        if ((await stream.ReceiveAsync(call.CancellationToken).ConfigureAwait(false)).Received)
            throw new RpcException(StatusCode.Internal, "the method takes one request, and the call sent more");
        return request;
    }
}
