using Federation.Storage;
using Microsoft.Extensions.Logging;

namespace Federation.ServiceDefaults.Trails;

/// <summary>Keeps a store's events and audit records within their bounds: what grows with every write would fill memory and disk in the end.</summary>
/// <param name="store">The service's store.</param>
/// <param name="bounds">What is bounded, and how.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="logger">Where it is told what was forgotten.</param>
public sealed partial class TrailLoop(IStore store, IReadOnlyList<TrailBound> bounds, TimeProvider time, ILogger<TrailLoop> logger)
{
    private const int Batch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Pause, time, cancellationToken);
            try
            {
                await CutAsync(cancellationToken);
            }
            catch (StoreUnavailableException e)
            {
                LogNotCut(logger, e.Message);
            }
        }
    }

    /// <summary>Removes what is beyond the bounds, oldest first, in small transactions that hold nobody up.</summary>
    /// <returns>How many records it removed.</returns>
    public async Task<int> CutAsync(CancellationToken cancellationToken)
    {
        int removed = 0;
        foreach (TrailBound bound in bounds)
        {
            DocumentKey[] doomed =
            [
                .. store.Current.List(bound.Kind).GroupBy(static document => document.Key.Key.Split('/')[0])
                    .SelectMany(tenant => tenant.Select(static document => document.Key).SkipLast(bound.PerTenant)),
            ];
            foreach (DocumentKey[] batch in doomed.Chunk(Batch))
                await store.CommitAsync(new StoreTransaction { Writes = [.. batch.Select(static key => new StoreWrite(key, null))] }, cancellationToken);
            if (doomed.Length > 0) LogCut(logger, doomed.Length, bound.Kind);
            removed += doomed.Length;
        }
        return removed;
    }

    [LoggerMessage(EventId = 1210, Level = LogLevel.Information, Message = "The oldest {Count} documents of kind {Kind} were removed: their tenants have as many newer ones as are kept")]
    private static partial void LogCut(ILogger logger, int count, string kind);

    [LoggerMessage(EventId = 1211, Level = LogLevel.Warning, Message = "Old events and audit records could not be removed, it is tried again: {Reason}")]
    private static partial void LogNotCut(ILogger logger, string reason);
}
