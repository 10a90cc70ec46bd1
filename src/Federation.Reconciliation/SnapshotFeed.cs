using System.Runtime.CompilerServices;

namespace Federation.Reconciliation;

/// <summary>
/// A value that changes, with a version that only rises: readers take <see cref="Current"/> without waiting, followers see the newest
/// value after each change (values in between may be skipped). Refuses to go backwards. Thread-safe.
/// </summary>
/// <param name="initial">The first value.</param>
/// <param name="version">Its version.</param>
public sealed class SnapshotFeed<T>(T initial, long version = 0) where T : notnull
{
    private readonly object _gate = new();
    private Entry _current = new(initial, version);

    /// <summary>The newest value.</summary>
    public T Current => Volatile.Read(ref _current).Value;

    /// <summary>The newest value's version.</summary>
    public long Version => Volatile.Read(ref _current).Version;

    /// <summary>Puts a newer value in place; false, and nothing changes, if its version is not above the present one.</summary>
    public bool TryPublish(T value, long newVersion)
    {
        Entry previous;
        lock (_gate)
        {
            previous = _current;
            if (newVersion <= previous.Version) return false;
            Volatile.Write(ref _current, new(value, newVersion));
        }
        previous.Replaced.TrySetResult();
        return true;
    }

    /// <summary>Yields the present value, then each newer one that the reader is in time for. Ends by cancellation alone.</summary>
    public async IAsyncEnumerable<T> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Entry entry = Volatile.Read(ref _current);
            yield return entry.Value;
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellationToken.Register(static state => ((TaskCompletionSource)state!).TrySetResult(), cancelled))
                await Task.WhenAny(OnContext(entry.Replaced.Task), OnContext(cancelled.Task));
        }
    }

    // Task.WhenAny alone would go on on the thread pool behind a source that completes asynchronously, off the simulation's context.
    private static async Task OnContext(Task task) => await task;

    private sealed class Entry(T value, long version)
    {
        public T Value { get; } = value;

        public long Version { get; } = version;

        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
