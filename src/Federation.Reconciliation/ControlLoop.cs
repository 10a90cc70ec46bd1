using Microsoft.Extensions.Logging;

namespace Federation.Reconciliation;

/// <summary>
/// Takes keys from a queue one after another and reconciles them. A failure is logged once, here, and the key comes back after its pause;
/// a reconcile that takes longer than the limit is cancelled and counts as a failure.
/// </summary>
/// <param name="name">The loop's name, for logs and metrics.</param>
/// <param name="queue">The keys.</param>
/// <param name="reconcile">Brings the world nearer to what is desired for the key. Reads everything anew: a key carries no data. A returned time asks for the key again.</param>
/// <param name="limit">The longest a reconcile may take.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
public sealed partial class ControlLoop<TKey>(
    string name,
    WorkQueue<TKey> queue,
    Func<TKey, CancellationToken, Task<TimeSpan?>> reconcile,
    TimeSpan limit,
    TimeProvider time,
    ILogger logger) where TKey : notnull
{
    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using IDisposable measured = LoopMetrics.Measure(new MeasuredLoop(name, () => queue.Depth, () => queue.OldestAge, () => queue.Failing));
        while (!cancellationToken.IsCancellationRequested)
        {
            TKey key;
            try
            {
                key = await queue.TakeAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            await ReconcileOnceAsync(key, cancellationToken);
        }
    }

    private async Task ReconcileOnceAsync(TKey key, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        long started = time.GetTimestamp();
        try
        {
            TimeSpan? again = await reconcile(key, both.Token);
            queue.Forget(key);
            if (again is { } delay) queue.AddAfter(key, delay);
            LoopMetrics.Reconciled(name, time.GetElapsedTime(started), failed: false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The loop's term has ended; the key's work is taken up by the next one.
        }
        catch (Exception e)
        {
            LoopMetrics.Reconciled(name, time.GetElapsedTime(started), failed: true);
            LogFailed(logger, e, name, key.ToString() ?? "");
            queue.AddAfterFailure(key);
        }
        finally
        {
            queue.Done(key);
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "Loop {Loop} failed on {Key}; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception, string loop, string key);
}
