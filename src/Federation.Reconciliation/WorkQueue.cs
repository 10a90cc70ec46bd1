namespace Federation.Reconciliation;

/// <summary>
/// A queue of keys for level-triggered work. A key that waits is held once however often it is added; a key that is added while it is
/// being worked on is handed out again when that work is done, never beside it. Delays and backoff run on the given clock. Thread-safe.
/// </summary>
/// <typeparam name="TKey">What is worked on: a request carries nothing else.</typeparam>
/// <param name="time">The clock.</param>
/// <param name="backoff">Pauses after failures, by key.</param>
public sealed class WorkQueue<TKey>(TimeProvider time, Backoff backoff) : IDisposable where TKey : notnull
{
    private readonly object _gate = new();
    private readonly Queue<TKey> _ready = new();
    // Since when each has been asked for, so that a key that was added again while it is worked on keeps its place in time.
    private readonly Dictionary<TKey, long> _queued = [];
    private readonly Dictionary<TKey, long> _working = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Dictionary<TKey, Timed> _delayed = [];
    private readonly Queue<TaskCompletionSource> _waiters = new();
    private bool _disposed;

    /// <summary>Keys that are ready and not being worked on.</summary>
    public int Depth
    {
        get { lock (_gate) return _ready.Count; }
    }

    /// <summary>How long the key that waits longest, or is being worked on, has been asked for; zero where there is none.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            lock (_gate)
            {
                long oldest = long.MaxValue;
                foreach (long since in _queued.Values) oldest = Math.Min(oldest, since);
                foreach (long since in _working.Values) oldest = Math.Min(oldest, since);
                return oldest == long.MaxValue ? TimeSpan.Zero : time.GetElapsedTime(oldest);
            }
        }
    }

    /// <summary>Keys whose last work failed and that wait for their next try.</summary>
    public int Failing
    {
        get { lock (_gate) return _failures.Count; }
    }

    /// <summary>Asks for work on the key as soon as possible.</summary>
    public void Add(TKey key)
    {
        lock (_gate)
        {
            if (_disposed || !_queued.TryAdd(key, time.GetTimestamp())) return;
            if (_working.ContainsKey(key)) return;
            _ready.Enqueue(key);
            WakeOne();
        }
    }

    /// <summary>Asks for work on the key after a delay. Of several delays for one key the earliest holds.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }
        lock (_gate)
        {
            if (_disposed) return;
            long due = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
            if (_delayed.TryGetValue(key, out Timed? earlier))
            {
                if (earlier.Due <= due) return;
                earlier.Timer?.Dispose();
            }
            var timed = new Timed(due);
            _delayed[key] = timed;
            timed.Timer = time.CreateTimer(_ => Elapsed(key, timed), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Asks for work on the key after the pause that its failures in a row have earned.</summary>
    public void AddAfterFailure(TKey key)
    {
        int failures;
        lock (_gate)
        {
            failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
        }
        AddAfter(key, backoff.Pause(failures));
    }

    /// <summary>Forgets the key's failures.</summary>
    public void Forget(TKey key)
    {
        lock (_gate) _failures.Remove(key);
    }

    /// <summary>Waits for the next key and takes it; <see cref="Done"/> must follow.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; no key was taken.</exception>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource waiter;
            lock (_gate)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    // This taker may have been the one woken for a key: another must not sleep through it.
                    if (_ready.Count > 0) WakeOne();
                    throw new OperationCanceledException(cancellationToken);
                }
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_ready.TryDequeue(out TKey? key))
                {
                    _queued.Remove(key, out long since);
                    _working.Add(key, since);
                    return key;
                }
                waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiters.Enqueue(waiter);
            }
            using CancellationTokenRegistration registration = cancellationToken.Register(
                static state => ((TaskCompletionSource)state!).TrySetResult(), waiter);
            await waiter.Task;
        }
    }

    /// <summary>Says that the work on a taken key has ended.</summary>
    public void Done(TKey key)
    {
        lock (_gate)
        {
            _working.Remove(key);
            if (_disposed || !_queued.ContainsKey(key)) return;
            _ready.Enqueue(key);
            WakeOne();
        }
    }

    /// <summary>Ends the queue: waiting takers get an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (Timed timed in _delayed.Values) timed.Timer?.Dispose();
            _delayed.Clear();
            while (_waiters.TryDequeue(out TaskCompletionSource? waiter)) waiter.TrySetResult();
        }
    }

    private void Elapsed(TKey key, Timed timed)
    {
        lock (_gate)
        {
            if (!_delayed.TryGetValue(key, out Timed? current) || current != timed) return;
            _delayed.Remove(key);
            timed.Timer?.Dispose();
        }
        Add(key);
    }

    // Under the lock. Cancelled takers leave their entries behind: they are passed over.
    private void WakeOne()
    {
        while (_waiters.TryDequeue(out TaskCompletionSource? waiter))
        {
            if (waiter.TrySetResult()) return;
        }
    }

    private sealed class Timed(long due)
    {
        public long Due { get; } = due;

        public ITimer? Timer { get; set; }
    }
}
