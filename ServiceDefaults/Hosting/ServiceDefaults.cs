using System.Text.Json.Serialization;
using Federation.Domain.Chance;
using Federation.Domain.Json;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Federation.ServiceDefaults.Hosting;

/// <summary>What every service of the plane has: logs, metrics, traces, health endpoints, problem details, the seams of time and chance.</summary>
public static class ServiceDefaults
{
    /// <summary>Adds the defaults.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="serviceName">The service's name in telemetry: <c>placement</c>.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss.fff ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);
        // Whoever asks for health is told; a launcher that waits for it asks ten times a second.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // Below the 10 s that launchers give between SIGTERM and SIGKILL.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(7));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<IChance>(SecureChance.Instance);
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<StoreProblemHandler>();
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.SerializerOptions.Encoder = DomainJson.Options.Encoder;
            foreach (JsonConverter converter in DomainJson.Options.Converters) options.SerializerOptions.Converters.Add(converter);
        });
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["alive"]);
        builder.Services.AddHostedService<ParentLifetime>();
        builder.AddTelemetry(serviceName);
        return builder;
    }

    /// <summary>Runs the loops that the factory makes, from the service's start to its stop.</summary>
    public static IServiceCollection AddLoops(
        this IServiceCollection services, Func<IServiceProvider, IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)>> loops) =>
        services.AddSingleton<IHostedService>(provider => new LoopHost(
            loops(provider), provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetRequiredService<ILogger<LoopHost>>()));

    /// <summary>Maps <c>/health</c> (ready to serve), <c>/alive</c> (the process answers) and <c>/metrics</c>.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        MapHealth(app, "/health", _ => true);
        MapHealth(app, "/alive", registration => registration.Tags.Contains("alive"));
        app.MapPrometheusMetrics();
        return app;
    }

    private static void MapHealth(IEndpointRouteBuilder endpoints, string path, Func<HealthCheckRegistration, bool> predicate) =>
        endpoints.MapHealthChecks(path, new HealthCheckOptions
        {
            Predicate = predicate,
            ResponseWriter = static (context, report) =>
            {
                TelemetrySetup.LeaveUntraced();
                return context.Response.WriteAsync(string.Join('\n', report.Entries
                    .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => $"{entry.Key}: {entry.Value.Status}{(entry.Value.Description is { } why ? $" ({why})" : "")}")) + "\n");
            },
        });
}
