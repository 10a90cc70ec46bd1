using Federation.Grpc.Metadata;
using Microsoft.AspNetCore.Http;

namespace Federation.Grpc.Server;

/// <summary>The call that a handler answers.</summary>
public sealed class GrpcServerCall
{
    private GrpcMetadata? _requestHeaders;

    internal GrpcServerCall(HttpContext httpContext, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        HttpContext = httpContext;
        Timeout = timeout;
        CancellationToken = cancellationToken;
    }

    /// <summary>The HTTP/2 request: connection, client certificate and features.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>How long the client was ready to wait when it sent the request; null without a deadline.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>Fires when the client cancels, its connection breaks, or the deadline passes; for streams also when the server stops.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>What the client sent along.</summary>
    public GrpcMetadata RequestHeaders
    {
        get
        {
            if (_requestHeaders is null)
            {
                _requestHeaders = new GrpcMetadata();
                foreach (var header in HttpContext.Request.Headers)
                    _requestHeaders.AddReceived(header.Key, header.Value);
            }
            return _requestHeaders;
        }
    }

    /// <summary>Sent before the first response; later additions are not sent.</summary>
    public GrpcMetadata ResponseHeaders { get; } = new();

    /// <summary>Sent with the status.</summary>
    public GrpcMetadata ResponseTrailers { get; } = new();
}
