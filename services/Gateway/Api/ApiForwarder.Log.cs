namespace Federation.Gateway.Api;

internal static partial class ApiForwarderLog
{
    [LoggerMessage(EventId = 4201, Level = LogLevel.Warning, Message = "The service {Owner} did not answer a call: {Reason}")]
    public static partial void LogOwnerAway(this ILogger logger, string owner, string reason);
}
