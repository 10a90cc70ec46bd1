using System.Diagnostics.Metrics;

namespace Federation.Reconciliation;

/// <summary>What the loops measure, on the meter <c>Federation.Reconciliation</c>.</summary>
public static class LoopMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Federation.Reconciliation";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "federation.loop.reconcile.duration", "s", "How long one reconcile took, by loop and outcome.",
        tags: null,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] });

    internal static void Reconciled(string loop, TimeSpan took, bool failed) => Duration.Record(
        took.TotalSeconds,
        new KeyValuePair<string, object?>("loop", loop),
        new KeyValuePair<string, object?>("outcome", failed ? "failed" : "done"));
}
