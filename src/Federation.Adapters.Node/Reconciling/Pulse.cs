namespace Federation.Adapters.Node.Reconciling;

/// <summary>Wakes one waiter: at a signal, after a while, or by cancellation. A signal while nobody waits is kept. Stays on the waiter's context.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private readonly object _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _set;

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
