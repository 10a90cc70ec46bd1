namespace Federation.Agent.Loops;

/// <summary>
/// Gives memory back while the agent is idle, which it is for most of its life. What the start, a rollout or a burst of traffic left behind would
/// otherwise stay for hours: a collection comes when much is allocated, and nothing is.
/// </summary>
public sealed class MemoryLoop(TimeProvider time)
{
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Allocating less than this in a second counts as idle.</summary>
    private const long IdleBytes = 1 << 20;

    /// <summary>Less than this is not worth a collection.</summary>
    private const long WorthBytes = 4 << 20;

    private long _reached;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(AfterStart, time, cancellationToken);
        while (true)
        {
            if (await IsIdleAsync(cancellationToken)) GiveBack();
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<bool> IsIdleAsync(CancellationToken cancellationToken)
    {
        long before = GC.GetTotalAllocatedBytes();
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        return GC.GetTotalAllocatedBytes() - before < IdleBytes;
    }

    private void GiveBack()
    {
        // Once it has been done, what has been allocated since is the most that it can give.
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _reached < WorthBytes) return;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _reached = allocated;
    }
}
