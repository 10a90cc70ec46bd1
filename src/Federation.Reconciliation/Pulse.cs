namespace Federation.Reconciliation;

/// <summary>Wakes one waiter: at a signal, after a while, or by cancellation. A signal while nobody waits is kept. Stays on the waiter's context.</summary>
/// <param name="time">The clock.</param>
public sealed class Pulse(TimeProvider time)
{
    private readonly object _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _set;

    /// <summary>Gives the signal.</summary>
    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            waiter = _waiter;
            _set = waiter is null;
        }
        waiter?.TrySetResult();
    }

    /// <summary>Waits for a signal, for at most so long, or until cancelled; never throws.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter;
        lock (_gate)
        {
            if (_set)
            {
                _set = false;
                return;
            }
            _waiter = waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        using (time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), waiter, atMost, Timeout.InfiniteTimeSpan))
        using (cancellationToken.Register(static state => ((TaskCompletionSource)state!).TrySetResult(), waiter))
            await waiter.Task;
        lock (_gate) _waiter = null;
    }
}
