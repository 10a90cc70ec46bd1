using OpenTelemetry.Metrics;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>Collects on demand, one collection at a time.</summary>
public sealed class PrometheusEndpoint(PrometheusExporter exporter, BaseExportingMetricReader reader, ObservedInstruments observed)
{
    private readonly Lock _gate = new();

    /// <summary>All metrics as they are now.</summary>
    public string Collect()
    {
        lock (_gate)
        {
            var text = new PrometheusText();
            exporter.Target = text;
            reader.Collect();
            foreach (Observation observation in observed.Collect()) text.Add(observation);
            return text.ToString();
        }
    }
}
