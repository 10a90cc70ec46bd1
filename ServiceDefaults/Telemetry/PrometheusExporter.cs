using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>
/// Writes metrics in the Prometheus text format 0.0.4 (<see href="https://prometheus.io/docs/instrumenting/exposition_formats/"/>), with the
/// names that OpenTelemetry's compatibility rules give: units and <c>_total</c> as suffixes.
/// </summary>
public sealed class PrometheusExporter : BaseExporter<Metric>
{
    private readonly StringBuilder _text = new();

    /// <summary>The text of the last collection.</summary>
    public string Text { get; private set; } = "";

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        _text.Clear();
        var families = new SortedDictionary<string, List<Metric>>(StringComparer.Ordinal);
        foreach (Metric metric in batch)
        {
            string name = FamilyName(metric);
            if (!families.TryGetValue(name, out List<Metric>? same)) families[name] = same = [];
            same.Add(metric);
        }
        foreach ((string name, List<Metric> metrics) in families) WriteFamily(name, metrics);
        Text = _text.ToString();
        return ExportResult.Success;
    }

    private void WriteFamily(string name, List<Metric> metrics)
    {
        Metric first = metrics[0];
        string type = TypeOf(first.MetricType);
        string description = metrics.Select(metric => metric.Description).FirstOrDefault(text => text.Length > 0) ?? name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (Metric metric in metrics)
        {
            // Two meters may use one name with different types; a family has one type, so the later ones are left out.
            if (TypeOf(metric.MetricType) != type) continue;
            foreach (ref readonly MetricPoint point in metric.GetMetricPoints()) WritePoint(name, metric, point);
        }
    }

    private void WritePoint(string name, Metric metric, in MetricPoint point)
    {
        string labels = Labels(metric, point);
        switch (metric.MetricType)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                Sample(name, labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                Sample(name, labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                Sample(name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                Sample(name, labels, point.GetGaugeLastValueDouble());
                break;
            case MetricType.Histogram:
                long cumulative = 0;
                foreach (HistogramBucket bucket in point.GetHistogramBuckets())
                {
                    cumulative += bucket.BucketCount;
                    string bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound);
                    Sample(name + "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", cumulative);
                }
                Sample(name + "_sum", labels, point.GetHistogramSum());
                Sample(name + "_count", labels, point.GetHistogramCount());
                break;
        }
    }

    private void Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Labels(Metric metric, in MetricPoint point)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["otel_scope_name"] = Escape(metric.MeterName) };
        foreach (KeyValuePair<string, object?> tag in point.Tags)
            labels[Sanitize(tag.Key)] = Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
        return string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value}\""));
    }

    private static string FamilyName(Metric metric)
    {
        string name = Sanitize(metric.Name);
        string unit = metric.Unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "1" when metric.MetricType is MetricType.LongGauge or MetricType.DoubleGauge => "ratio",
            _ => "",
        };
        if (unit.Length > 0 && !name.EndsWith("_" + unit, StringComparison.Ordinal)) name += "_" + unit;
        bool counter = metric.MetricType is MetricType.LongSum or MetricType.DoubleSum;
        return counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char c in name) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        return char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
