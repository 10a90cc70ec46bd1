using System.Runtime.CompilerServices;

namespace Federation.Storage;

/// <content>Followers: each asks for what is after its own revision when it is ready, so a slow one costs the store nothing.</content>
public sealed partial class DocumentStore
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreWatchBatch> WatchAsync(
        StoreCursor? after, IReadOnlyCollection<string> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        var watched = new SortedSet<string>(kinds, StringComparer.Ordinal);
        long? seen = after is { } cursor && cursor.Incarnation == Incarnation ? cursor.Revision : null;
        bool first = true;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (var batch, var waiting) = Next(seen, first, watched);
            if (batch is not null)
            {
                first = false;
                seen = batch switch
                {
                    StoreWatchBatch.Relist relist => relist.Snapshot.Revision,
                    StoreWatchBatch.Changes changes => changes.Revision,
                    _ => throw new InvalidOperationException("An unknown kind of batch."),
                };
                yield return batch;
            }
            else if (waiting is not null)
            {
                await WaitAsync(waiting, cancellationToken);
            }
            else
            {
                yield break;
            }
        }
    }

    private (StoreWatchBatch? Batch, TaskCompletionSource? Waiting) Next(long? seen, bool first, SortedSet<string> kinds)
    {
        StoreChange[] changes;
        long revision;
        lock (_gate)
        {
            var current = _current;
            revision = current.Revision;
            if (seen is not { } from || from > revision || from < _history.Floor) return (new StoreWatchBatch.Relist(current), null);
            if (from == revision && !first)
            {
                if (_fenced is not null) throw new StoreFencedException(_fenced.Message);
                if (_closed) return (null, null);
                var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _followers.Add(waiting);
                return (null, waiting);
            }
            changes = _history.After(from);
        }

        // Outside the gate: the writer does not wait while a follower sorts out its kinds.
        var items = new List<StoreChange>();
        foreach (var change in changes)
        {
            if (kinds.Contains(change.Key.Kind)) items.Add(change);
        }
        return (new StoreWatchBatch.Changes(revision, items), null);
    }

    private async Task WaitAsync(TaskCompletionSource waiting, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiting);
        try
        {
            await waiting.Task;
        }
        catch (OperationCanceledException)
        {
            lock (_gate) _followers.Remove(waiting);
            throw;
        }
    }

    private TaskCompletionSource[] TakeFollowers()
    {
        if (_followers.Count == 0) return [];
        TaskCompletionSource[] followers = [.. _followers];
        _followers.Clear();
        return followers;
    }
}
