using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace Federation.ServiceDefaults.Telemetry;

/// <summary>
/// One collection in the Prometheus text format 0.0.4 (<see href="https://prometheus.io/docs/instrumenting/exposition_formats/"/>), with the
/// names that OpenTelemetry's compatibility rules give: units and <c>_total</c> as suffixes.
/// </summary>
internal sealed class PrometheusText
{
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    /// <summary>Adds a metric of the provider's.</summary>
    public void Add(Metric metric)
    {
        string type = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.Histogram => "histogram",
            _ => "gauge",
        };
        if (FamilyOf(metric.Name, metric.Unit, type, metric.Description) is not { } family) return;
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            var tags = new List<KeyValuePair<string, object?>>();
            foreach (KeyValuePair<string, object?> tag in point.Tags) tags.Add(tag);
            AddPoint(family, metric.MetricType, Labels(metric.MeterName, tags), point);
        }
    }

    /// <summary>Adds a value that was read now.</summary>
    public void Add(Observation observed) => FamilyOf(observed.Instrument.Name, observed.Instrument.Unit ?? "", observed.IsCounter ? "counter" : "gauge", observed.Instrument.Description ?? "")
        ?.Sample("", Labels(observed.Instrument.Meter.Name, observed.Tags), observed.Value);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Family family in _families.Values) family.WriteTo(text);
        return text.ToString();
    }

    private static void AddPoint(Family family, MetricType type, string labels, in MetricPoint point)
    {
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                family.Sample("", labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                family.Sample("", labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                family.Sample("", labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                family.Sample("", labels, point.GetGaugeLastValueDouble());
                break;
            case MetricType.Histogram:
                long cumulative = 0;
                foreach (HistogramBucket bucket in point.GetHistogramBuckets())
                {
                    cumulative += bucket.BucketCount;
                    family.Sample("_bucket", $"{labels},le=\"{Number(bucket.ExplicitBound)}\"", cumulative);
                }
                family.Sample("_sum", labels, point.GetHistogramSum());
                family.Sample("_count", labels, point.GetHistogramCount());
                break;
        }
    }

    // Two meters may use one name with different types; a family has one type, so the later ones are left out.
    private Family? FamilyOf(string instrument, string instrumentUnit, string type, string description)
    {
        string name = Name(instrument, instrumentUnit, type);
        if (!_families.TryGetValue(name, out Family? family)) _families[name] = family = new Family(name, type, description.Length > 0 ? description : name);
        return family.Type == type ? family : null;
    }

    private static string Name(string instrument, string instrumentUnit, string type)
    {
        string name = Sanitize(instrument);
        string unit = instrumentUnit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "1" when type == "gauge" => "ratio",
            _ => "",
        };
        if (unit.Length > 0 && !name.EndsWith("_" + unit, StringComparison.Ordinal)) name += "_" + unit;
        return type == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Labels(string meter, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["otel_scope_name"] = Escape(meter) };
        foreach (KeyValuePair<string, object?> tag in tags) labels[Sanitize(tag.Key)] = Escape(Text(tag.Value));
        return string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value}\""));
    }

    // As OpenTelemetry writes attributes: booleans in small letters.
    private static string Text(object? value) => value is bool truth ? (truth ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

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

    private sealed class Family(string name, string type, string description)
    {
        private readonly StringBuilder _samples = new();

        public string Type => type;

        public void Sample(string suffix, string labels, double value) =>
            _samples.Append(name).Append(suffix).Append('{').Append(labels).Append("} ").Append(Number(value)).Append('\n');

        public void WriteTo(StringBuilder text)
        {
            if (_samples.Length == 0) return;
            string help = description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            text.Append(_samples);
        }
    }
}
