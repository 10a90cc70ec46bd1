using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Federation.Sample;

/// <summary>The smallest ASP.NET Core host that the roles need: one loopback port, one line a log entry, a graceful SIGTERM.</summary>
internal static class SampleHost
{
    public static WebApplication Create(ReplicaIdentity self)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{self.Port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true);
        // Requests under way are finished after SIGTERM; the Agent has taken the replica out of traffic before.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 }) AddTraces(builder.Services);
        WebApplication app = builder.Build();
        app.Use(next => context => Failing.Answer(context, next));
        return app;
    }

    // Where to and under which name is OTEL_*'s to say, as for every program that speaks OpenTelemetry.
    private static void AddTraces(IServiceCollection services) => services.AddSingleton(Sdk.CreateTracerProviderBuilder()
        .AddSource("Microsoft.AspNetCore", "System.Net.Http")
        .AddOtlpExporter(options => options.Protocol = OtlpExportProtocol.HttpProtobuf)
        .Build());

    public static async Task<int> RunAsync(WebApplication app, string role, ReplicaIdentity self)
    {
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"{role} {self.Version} listens on port {self.Port}"));
        app.Lifetime.ApplicationStopping.Register(() => Console.WriteLine($"{role} {self.Version} stops"));
        await app.RunAsync();
        return 0;
    }

    public static Task WriteAsync<T>(this HttpResponse response, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        response.StatusCode = status;
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, response.HttpContext.RequestAborted).AsTask();
    }
}
