using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>Metrics for Prometheus at <c>/metrics</c>; traces by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class TelemetrySetup
{
    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Federation.*",
    ];

    internal static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? serviceName);
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
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } endpoint)
        {
            builder.Services.AddSingleton(Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Federation.*")
                .AddOtlpExporter(options =>
                {
                    options.Endpoint = new Uri(endpoint);
                    options.Protocol = OtlpExportProtocol.HttpProtobuf;
                })
                .Build());
        }
    }

    internal static void MapPrometheusMetrics(this WebApplication app) =>
        app.MapGet("/metrics", (PrometheusEndpoint metrics) => Results.Text(metrics.Collect(), "text/plain; version=0.0.4; charset=utf-8"));
}
