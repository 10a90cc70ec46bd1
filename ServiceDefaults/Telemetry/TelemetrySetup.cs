using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>Metrics for Prometheus at <c>/metrics</c>; traces and logs by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, nothing of them where it is not.</summary>
public static class TelemetrySetup
{
    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Federation.*",
    ];

    internal static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault()
            .AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? serviceName, serviceNamespace: "federation")
            .AddAttributes(Place(builder.Configuration));
        var exporter = new PrometheusExporter();
        var reader = new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        MeterProvider meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Meters)
            .AddView(static instrument => ObservedInstruments.IsOurs(instrument) ? MetricStreamConfiguration.Drop : null)
            .AddReader(reader)
            .Build();
        builder.Services.AddSingleton(meters);
        builder.Services.AddSingleton(new PrometheusEndpoint(exporter, reader, new ObservedInstruments()));
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } endpoint) builder.AddOtlp(endpoint, resource);
    }

    // How much is sampled is OTEL_TRACES_SAMPLER's and OTEL_TRACES_SAMPLER_ARG's to say, which the SDK reads.
    private static void AddOtlp(this WebApplicationBuilder builder, string endpoint, ResourceBuilder resource)
    {
        builder.Services.AddSingleton(Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Federation.*")
            .AddOtlpExporter(options => Export(options, endpoint, "traces"))
            .Build());
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.SetResourceBuilder(resource);
            logging.IncludeFormattedMessage = true;
            logging.AddOtlpExporter(options => Export(options, endpoint, "logs"));
        });
    }

    private static void Export(OtlpExporterOptions options, string endpoint, string signal)
    {
        // An endpoint that is set here is taken as it stands: the path of the signal is ours to add.
        options.Endpoint = new Uri($"{endpoint.TrimEnd('/')}/v1/{signal}");
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
    }

    // An agent is one of many of its name: its node tells which.
    private static IEnumerable<KeyValuePair<string, object>> Place(IConfiguration configuration)
    {
        if (configuration["Agent:Cluster"] is { Length: > 0 } cluster) yield return new("federation.cluster", cluster);
        if (configuration["Agent:Node"] is { Length: > 0 } node) yield return new("federation.node", node);
    }

    internal static void MapPrometheusMetrics(this WebApplication app) =>
        app.MapGet("/metrics", (PrometheusEndpoint metrics) =>
        {
            LeaveUntraced();
            return Results.Text(metrics.Collect(), "text/plain; version=0.0.4; charset=utf-8");
        });

    /// <summary>Keeps the present request out of the traces: whoever watches the plane asks many times a second.</summary>
    internal static void LeaveUntraced()
    {
        if (Activity.Current is { } request) request.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
