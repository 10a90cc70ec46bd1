using Federation.Grpc.Metadata;

namespace Federation.Grpc.Client;

/// <summary>What one call may say beside its messages.</summary>
public sealed class GrpcCallOptions
{
    /// <summary>No deadline, no metadata.</summary>
    public static GrpcCallOptions None { get; } = new();

    /// <summary>How long the whole call may take; sent to the server, and kept here as well.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Sent with the request.</summary>
    public GrpcMetadata? Headers { get; init; }
}
