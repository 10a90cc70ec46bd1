using System.Globalization;

namespace Federation.Sample;

/// <summary>A version that fails, on purpose: <c>ANSWER_STATUS</c> for its answers, <c>HEALTH_STATUS</c> for its health check.</summary>
internal static class Failing
{
    private static readonly int? AnswerStatus = Status("ANSWER_STATUS");
    private static readonly int? HealthStatus = Status("HEALTH_STATUS");

    public static Task Answer(HttpContext context, RequestDelegate next)
    {
        if ((context.Request.Path == "/healthz" ? HealthStatus : AnswerStatus) is not { } status) return next(context);
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("this version fails on purpose\n");
    }

    private static int? Status(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : null;
}
