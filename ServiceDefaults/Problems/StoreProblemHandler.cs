using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Problems;

/// <summary>
/// Answers what a store could not keep: no fault of the caller's, nothing of it is visible, and it may be tried again. The log says which disk and why;
/// a caller is not told where things lie.
/// </summary>
internal sealed partial class StoreProblemHandler(ILogger<StoreProblemHandler> logger) : IExceptionHandler
{
    private const string RetrySeconds = "1";

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        string? detail = exception switch
        {
            StoreUnavailableException => "the service cannot write to its disk, so nothing was changed; its log says why (most often the disk is full). Try again once it has room",
            StoreFencedException => "another process of the service has taken over its store, so nothing was changed; try again",
            _ => null,
        };
        if (detail is null) return false;
        LogRefused(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
        httpContext.Response.Headers.RetryAfter = RetrySeconds;
        await ResourceProblem.Unavailable(detail).ToResult().ExecuteAsync(httpContext);
        return true;
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Error, Message = "{Method} {Path} could not be kept")]
    private static partial void LogRefused(ILogger logger, Exception exception, string method, string path);
}
