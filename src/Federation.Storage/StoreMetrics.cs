using System.Diagnostics.Metrics;

namespace Federation.Storage;

/// <summary>Counts and times of the commit loop, under the meter <c>Federation.Storage</c>.</summary>
internal static class StoreMetrics
{
    private static readonly Meter Meter = new("Federation.Storage");
    private static readonly Counter<long> Transactions = Meter.CreateCounter<long>("federation.store.transactions", "{transaction}", "Transactions decided.");
    private static readonly Counter<long> Writes = Meter.CreateCounter<long>("federation.store.writes", "{document}", "Documents written or deleted.");
    private static readonly Histogram<double> AppendSeconds = Meter.CreateHistogram(
        "federation.store.append", "s", "Time to make one commit group durable.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
        });

    public static Counter<long> GroupsRefused { get; } = Meter.CreateCounter<long>("federation.store.groups_refused", "{group}", "Commit groups that the log refused.");

    public static void Record(int transactions, int writes, TimeSpan append)
    {
        Transactions.Add(transactions);
        Writes.Add(writes);
        AppendSeconds.Record(append.TotalSeconds);
    }
}
