using System.Diagnostics;
using Federation.Grpc.Framing;
using Federation.Grpc.Metadata;
using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Federation.Grpc.Server;

/// <summary>One mapped method: authorises, runs the handler, ends the call with a status.</summary>
internal sealed class GrpcEndpoint<TRequest, TResponse>(
    GrpcMethod<TRequest, TResponse> method,
    AllowedPeers peers,
    Func<GrpcServerStream<TRequest, TResponse>, GrpcServerCall, Task> handler,
    GrpcServerOptions options,
    CancellationToken stopping,
    ILogger logger)
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    public async Task ServeAsync(HttpContext context)
    {
        if (!GrpcServerProtocol.TryBegin(context))
            return;
        if (Refusal(context) is { } refusal)
        {
            GrpcMetrics.Served(method.Path, refusal.StatusCode, Stopwatch.GetTimestamp());
            GrpcServerProtocol.End(context, refusal.StatusCode, refusal.Detail, null);
            return;
        }

        TimeSpan? timeout = null;
        if (context.Request.Headers["grpc-timeout"] is [{ } timeoutText, ..])
        {
            if (!GrpcTimeout.TryParse(timeoutText, out TimeSpan parsed))
            {
                GrpcServerProtocol.End(context, StatusCode.Internal, "grpc-timeout is malformed", null);
                return;
            }
            timeout = parsed;
        }

        using CancellationTokenSource? deadline = timeout is null ? null : new CancellationTokenSource(timeout.Value);
        // A stream may last for ever, and the server's stop would wait for it; a unary call is short and is let finish.
        CancellationToken end = method.Kind == GrpcMethodKind.Unary ? CancellationToken.None : stopping;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline?.Token ?? CancellationToken.None, context.RequestAborted, end);
        GrpcServerCall call = new(context, timeout, either.Token);
        await RunAsync(call, deadline?.Token ?? CancellationToken.None).ConfigureAwait(false);
    }

    private async Task RunAsync(GrpcServerCall call, CancellationToken deadline)
    {
        long started = Stopwatch.GetTimestamp();
        HttpContext context = call.HttpContext;
        GrpcServerStream<TRequest, TResponse> stream = new(call, method.RequestParser, options);
        try
        {
            await handler(stream, call).ConfigureAwait(false);
            if (stream.HasBuffered)
                await stream.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            if (!context.Response.HasStarted)
                GrpcServerProtocol.ApplyMetadata(context.Response.Headers, call.ResponseHeaders);
            GrpcServerProtocol.End(context, StatusCode.OK, "", call.ResponseTrailers);
            GrpcMetrics.Served(method.Path, StatusCode.OK, started);
        }
        catch (Exception e)
        {
            RpcException outcome = e is OperationCanceledException && stopping.IsCancellationRequested && !deadline.IsCancellationRequested
                ? new RpcException(StatusCode.Unavailable, "the server is stopping")
                : GrpcServerProtocol.Outcome(e, deadline.IsCancellationRequested);
            if (context.RequestAborted.IsCancellationRequested)
            {
                logger.CallEnded(method.Path, StatusCode.Cancelled, "the client is gone");
                GrpcMetrics.Served(method.Path, StatusCode.Cancelled, started);
                return;
            }
            if (outcome.StatusCode == StatusCode.Unknown && outcome.InnerException == e)
                logger.HandlerFailed(e, method.Path);
            else
                logger.CallEnded(method.Path, outcome.StatusCode, outcome.Detail);
            if (stream.HasBuffered && !context.Response.HasStarted)
                await context.Response.StartAsync(CancellationToken.None).ConfigureAwait(false);
            GrpcMetadata trailers = call.ResponseTrailers;
            foreach (GrpcMetadataEntry entry in outcome.Trailers)
                trailers.AddReceived(entry.Key, [entry.Text]);
            GrpcServerProtocol.End(context, outcome.StatusCode, outcome.Detail, trailers);
            GrpcMetrics.Served(method.Path, outcome.StatusCode, started);
        }
    }

    private RpcException? Refusal(HttpContext context)
    {
        if (peers is not AllowedPeers.AnonymousPeers && !options.Authorize!(context, peers))
        {
            logger.PeerRefused(method.Path, peers);
            return context.Connection.ClientCertificate is null
                ? new RpcException(StatusCode.Unauthenticated, $"{method.Path} needs a client certificate")
                : new RpcException(StatusCode.PermissionDenied, $"{method.Path} is not open to this peer");
        }
        string? encoding = context.Request.Headers["grpc-encoding"];
        return MessageEncoding.IsSupported(encoding)
            ? null
            : new RpcException(StatusCode.Unimplemented, $"grpc-encoding {encoding} is not supported");
    }
}
