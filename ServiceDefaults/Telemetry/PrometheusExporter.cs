using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>Hands the provider's metrics to the <see cref="PrometheusText"/> of the present collection.</summary>
public sealed class PrometheusExporter : BaseExporter<Metric>
{
    /// <summary>Where the next collection is written.</summary>
    internal PrometheusText Target { get; set; } = new();

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (Metric metric in batch) Target.Add(metric);
        return ExportResult.Success;
    }
}
