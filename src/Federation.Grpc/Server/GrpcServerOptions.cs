using Microsoft.AspNetCore.Http;

namespace Federation.Grpc.Server;

/// <summary>How a process serves gRPC.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>4 MiB, the default of all gRPC implementations.</summary>
    public const int DefaultMaxReceiveMessageSize = 4 * 1024 * 1024;

    /// <summary>
    /// Decides from the connection (its client certificate) whether the caller is one of the allowed peers. Asked before a request is read, for every
    /// method but those open to <see cref="AllowedPeers.Anonymous"/>. Without it no method can be mapped.
    /// </summary>
    public Func<HttpContext, AllowedPeers, bool>? Authorize { get; set; }

    /// <summary>A larger message ends its call with <c>ResourceExhausted</c>.</summary>
    public int MaxReceiveMessageSize { get; set; } = DefaultMaxReceiveMessageSize;

    /// <summary>A larger reply ends its call with <c>ResourceExhausted</c>.</summary>
    public int MaxSendMessageSize { get; set; } = int.MaxValue;
}
