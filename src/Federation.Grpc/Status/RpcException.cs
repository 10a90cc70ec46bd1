using Federation.Grpc.Metadata;

namespace Federation.Grpc.Status;

/// <summary>A call's outcome other than OK. Handlers throw it to answer; clients catch it.</summary>
/// <param name="statusCode">Why.</param>
/// <param name="detail">For a person; travels to the other side as <c>grpc-message</c>, so it must hold no secret.</param>
/// <param name="inner">The cause on this side; does not travel.</param>
public sealed class RpcException(StatusCode statusCode, string detail, Exception? inner = null)
    : Exception($"{statusCode}: {detail}", inner)
{
    /// <summary>Why the call failed.</summary>
    public StatusCode StatusCode { get; } = statusCode;

    /// <summary>What the failing side said.</summary>
    public string Detail { get; } = detail;

    /// <summary>Metadata sent along with the status.</summary>
    public GrpcMetadata Trailers { get; init; } = new();
}
