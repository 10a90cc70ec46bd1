using Microsoft.Extensions.Logging;

namespace Federation.Security.Enrollment;

public sealed partial class CertificateKeeper
{
    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "Holding a certificate for {Identity} until {NotAfter:O}")]
    private partial void LogHolding(string identity, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Information, Message = "Waiting to enroll: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "The certificate that ends at {NotAfter:O} was not renewed: {Reason}")]
    private partial void LogNotRenewed(DateTimeOffset notAfter, string reason);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning, Message = "The certificate in {Folder} does not serve any more: {Reason}")]
    private partial void LogUnusable(string folder, string reason);
}
