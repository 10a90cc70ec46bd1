using Federation.Grpc.Status;
using Microsoft.Extensions.Logging;

namespace Federation.Grpc.Server;

internal static partial class GrpcServerLog
{
    [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "{Path} failed")]
    public static partial void HandlerFailed(this ILogger logger, Exception exception, string path);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "{Path} refused a peer that is not one of {Allowed}")]
    public static partial void PeerRefused(this ILogger logger, string path, AllowedPeers allowed);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Debug, Message = "{Path} ended with {Status}: {Detail}")]
    public static partial void CallEnded(this ILogger logger, string path, StatusCode status, string detail);
}
