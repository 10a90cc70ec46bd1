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

    private static readonly Lock Gate = new();

    // Weak: a loop that is abandoned rather than ended, as simulations do, must not live on here.
    private static readonly List<WeakReference<MeasuredLoop>> Loops = [];

    static LoopMetrics()
    {
        Meter.CreateObservableGauge("federation.loop.queue.depth", () => Each(static loop => loop.Depth()), "{key}", "Keys that wait for a loop.");
        Meter.CreateObservableGauge("federation.loop.queue.age", () => Each(static loop => loop.OldestAge().TotalSeconds), "s", "How long the oldest key of a loop has been waiting or being worked on.");
        Meter.CreateObservableGauge("federation.loop.keys.failing", () => Each(static loop => loop.Failing()), "{key}", "Keys whose last reconcile failed.");
    }

    /// <summary>Measures a loop until the result is disposed.</summary>
    internal static IDisposable Measure(MeasuredLoop loop)
    {
        lock (Gate)
        {
            Loops.RemoveAll(static known => !known.TryGetTarget(out _));
            Loops.Add(new(loop));
        }
        return new Ending(loop);
    }

    internal static void Reconciled(string loop, TimeSpan took, bool failed) => Duration.Record(
        took.TotalSeconds,
        new KeyValuePair<string, object?>("loop", loop),
        new KeyValuePair<string, object?>("outcome", failed ? "failed" : "done"));

    private static Measurement<T>[] Each<T>(Func<MeasuredLoop, T> read) where T : struct
    {
        MeasuredLoop[] loops;
        lock (Gate) loops = [.. Loops.Select(static known => known.TryGetTarget(out MeasuredLoop? loop) ? loop : null).OfType<MeasuredLoop>()];
        return [.. loops.Select(loop => new Measurement<T>(read(loop), new KeyValuePair<string, object?>("loop", loop.Name)))];
    }

    private sealed class Ending(MeasuredLoop loop) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate) Loops.RemoveAll(known => !known.TryGetTarget(out MeasuredLoop? other) || ReferenceEquals(other, loop));
        }
    }
}
