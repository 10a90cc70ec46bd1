using Federation.Grpc.Framing;
using Federation.Grpc.Metadata;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Federation.Grpc.Server;

/// <summary>What every call has in common, whatever its kind: request checks before the handler, the status after it.</summary>
internal static class GrpcServerProtocol
{
    /// <summary>Answers what is not gRPC by plain HTTP status codes, as the specification asks; false where it did.</summary>
    public static bool TryBegin(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "h2";
            return false;
        }
        if (!ContentType.IsGrpc(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }
        context.Response.ContentType = ContentType.Grpc;
        context.Response.Headers["grpc-accept-encoding"] = MessageEncoding.Accepted;
        // Streams live as long as they like, at their own pace: messages are limited instead.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (context.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        return true;
    }

    /// <summary>Sends the status: as trailers after a response, or as the only headers without one.</summary>
    public static void End(HttpContext context, StatusCode status, string detail, GrpcMetadata? trailers)
    {
        HttpResponse response = context.Response;
        IHeaderDictionary? destination = response.HasStarted
            ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
            : response.Headers;
        if (destination is null || destination.IsReadOnly)
            return;
        destination["grpc-status"] = ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (detail.Length > 0)
            destination["grpc-message"] = StatusMessageEncoding.Encode(detail);
        if (trailers is not null)
            ApplyMetadata(destination, trailers);
    }

    public static void ApplyMetadata(IHeaderDictionary destination, GrpcMetadata metadata)
    {
        foreach (GrpcMetadataEntry entry in metadata)
            destination.Append(entry.Key, entry.Text);
    }

    /// <summary>What a handler's exception tells the client. Text of unexpected ones stays here: it may hold anything.</summary>
    public static RpcException Outcome(Exception thrown, bool deadlinePassed) => thrown switch
    {
        RpcException e => e,
        StreamBrokenException { InnerException: RpcException e } => e,
        OperationCanceledException or StreamBrokenException when deadlinePassed => new RpcException(StatusCode.DeadlineExceeded, "the deadline passed", thrown),
        OperationCanceledException => new RpcException(StatusCode.Cancelled, "the call was cancelled", thrown),
        _ => new RpcException(StatusCode.Unknown, "the handler failed", thrown),
    };
}
