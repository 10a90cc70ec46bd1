using System.Globalization;

namespace Federation.Sample.Roles;

/// <summary>A web that takes its time: to become ready, and to answer.</summary>
internal static class SlowRole
{
    public static Task<int> RunAsync(ReplicaIdentity self, string[] args)
    {
        TimeSpan start = Seconds(args.ElementAtOrDefault(0), 5);
        TimeSpan answer = Seconds(args.ElementAtOrDefault(1), 1);
        long started = TimeProvider.System.GetTimestamp();
        WebApplication app = SampleHost.Create(self);
        app.MapGet("/healthz", (RequestDelegate)(context =>
        {
            bool ready = TimeProvider.System.GetElapsedTime(started) >= start;
            context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(ready ? "ok\n" : "not yet\n");
        }));
        app.MapGet("/", (RequestDelegate)(async context =>
        {
            await Task.Delay(answer, context.RequestAborted);
            await context.Response.WriteAsync(Answer.Of("slow", self), SampleJson.Default.Answer);
        }));
        return SampleHost.RunAsync(app, "slow", self);
    }

    private static TimeSpan Seconds(string? text, double otherwise) =>
        TimeSpan.FromSeconds(double.TryParse(text, CultureInfo.InvariantCulture, out double seconds) ? seconds : otherwise);
}
