using System.Globalization;
using System.Net;
using Federation.Grpc.Framing;
using Federation.Grpc.Metadata;
using Federation.Grpc.Status;

namespace Federation.Grpc.Client;

/// <summary>Requests and statuses on the wire, and what HTTP's own failures mean as statuses (grpc/doc/http-grpc-status-mapping.md, PROTOCOL-HTTP2.md).</summary>
internal static class GrpcClientProtocol
{
    public static HttpRequestMessage CreateRequest(GrpcChannel channel, string path, GrpcCallOptions options, HttpContent content)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(channel.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("user-agent", "grpc-dotnet-federation/1");
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", MessageEncoding.Accepted);
        if (options.Timeout is { } timeout)
            request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(timeout));
        foreach (GrpcMetadataEntry entry in options.Headers ?? [])
            request.Headers.TryAddWithoutValidation(entry.Key, entry.Text);
        return request;
    }

    /// <exception cref="RpcException">The response is not gRPC's.</exception>
    public static void CheckResponse(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.OK && ContentType.IsGrpc(response.Content.Headers.ContentType?.ToString()))
            return;
        // A status is a status, whatever the response around it.
        if (response.Headers.Contains("grpc-status"))
            return;
        StatusCode status = response.StatusCode switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        string got = response.StatusCode == HttpStatusCode.OK
            ? $"content type {response.Content.Headers.ContentType?.ToString() ?? "none"}"
            : $"HTTP status {(int)response.StatusCode}";
        throw new RpcException(status, $"the server's answer is not gRPC: {got}");
    }

    /// <summary>Reads the status of a response that has ended.</summary>
    /// <exception cref="RpcException">It is not OK.</exception>
    public static void ReadStatus(HttpResponseMessage response, GrpcMetadata trailers)
    {
        // Without messages the status may stand among the headers ("trailers-only").
        var fields = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        if (!fields.TryGetValues("grpc-status", out var statuses)
            || !int.TryParse(statuses.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
            throw new RpcException(StatusCode.Internal, "the response ended without grpc-status");
        foreach (var header in fields)
            trailers.AddReceived(header.Key, header.Value);
        if (code == (int)StatusCode.OK)
            return;
        string detail = fields.TryGetValues("grpc-message", out var messages) ? StatusMessageEncoding.Decode(string.Join(",", messages)) : "";
        throw new RpcException(code is > 0 and <= (int)StatusCode.Unauthenticated ? (StatusCode)code : StatusCode.Unknown, detail) { Trailers = trailers };
    }

    public static RpcException Failure(Uri address, Exception? cause, bool deadlinePassed, bool cancelled)
    {
        if (deadlinePassed)
            return new RpcException(StatusCode.DeadlineExceeded, "the deadline passed", cause);
        if (cancelled)
            return new RpcException(StatusCode.Cancelled, "the call was cancelled here", cause);
        for (Exception? e = cause; e is not null; e = e.InnerException)
            if (e is HttpProtocolException protocol)
                return new RpcException(Reset(protocol.ErrorCode), $"{address}: the stream was reset: {protocol.Message}", cause);
        return new RpcException(StatusCode.Unavailable, $"{address}: {Innermost(cause)?.Message ?? "the connection is lost"}", cause);
    }

    private static StatusCode Reset(long errorCode) => errorCode switch
    {
        0x7 => StatusCode.Unavailable, // REFUSED_STREAM
        0x8 => StatusCode.Cancelled, // CANCEL
        0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
        0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
        _ => StatusCode.Internal,
    };

    private static Exception? Innermost(Exception? e)
    {
        while (e?.InnerException is { } inner)
            e = inner;
        return e;
    }
}
