using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;

namespace Federation.Gateway.Forwarding;

/// <summary>The gateway's own answers, as problem details.</summary>
public static class Problem
{
    /// <summary>Writes the problem in place of whatever was about to be answered. Nothing happens if the answer has begun.</summary>
    public static async Task WriteProblemAsync(this HttpContext context, int status, string type, string title, string detail, int? retryAfterSeconds = null)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
        context.Response.Clear();
        RequestId.Echo(context);
        if (retryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await new ResourceProblem(status, type, title, detail).ToResult().ExecuteAsync(context);
    }
}
