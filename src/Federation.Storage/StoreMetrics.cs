using System.Diagnostics.Metrics;

namespace Federation.Storage;

/// <summary>Counts and times of the commit loop, under the meter <c>Federation.Storage</c>.</summary>
internal static class StoreMetrics
{
    private static readonly Meter Meter = new("Federation.Storage");
    private static readonly Counter<long> Transactions = Meter.CreateCounter<long>("federation.store.transactions", "{transaction}", "Transactions decided.");
    private static readonly Counter<long> Writes = Meter.CreateCounter<long>("federation.store.writes", "{document}", "Documents written or deleted.");
    private static readonly Histogram<double> AppendSeconds = Meter.CreateHistogram(
        "federation.store.commit.duration", "s", "Time to make one commit group durable.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
        });

    private static readonly Histogram<long> GroupSize = Meter.CreateHistogram(
        "federation.store.commit.size", "{transaction}", "Transactions made durable together.", advice: new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500],
        });

    private static readonly Counter<long> Conflicts = Meter.CreateCounter<long>("federation.store.conflicts", "{transaction}", "Transactions refused by a condition.");

    // A service has one store. Weak: a store that is abandoned, as simulations do, must not live on here.
    private static WeakReference<DocumentStore>? _newest;

    static StoreMetrics() =>
        Meter.CreateObservableGauge("federation.store.revision", Revisions, "{revision}", "The newest visible revision.");

    public static Counter<long> GroupsRefused { get; } = Meter.CreateCounter<long>("federation.store.groups_refused", "{group}", "Commit groups that the log refused.");

    public static void Opened(DocumentStore store) => Volatile.Write(ref _newest, new(store));

    public static void Record(int transactions, int conflicts, int writes, TimeSpan append)
    {
        Transactions.Add(transactions);
        GroupSize.Record(transactions);
        if (conflicts > 0) Conflicts.Add(conflicts);
        Writes.Add(writes);
        AppendSeconds.Record(append.TotalSeconds);
    }

    private static IEnumerable<Measurement<long>> Revisions() =>
        Volatile.Read(ref _newest) is { } newest && newest.TryGetTarget(out DocumentStore? store) ? [new(store.Current.Revision)] : [];
}
