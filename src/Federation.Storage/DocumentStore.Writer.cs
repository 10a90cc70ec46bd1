using Federation.Storage.Logs;
using Federation.Storage.Snapshots;

namespace Federation.Storage;

/// <content>The one writer: forms groups, makes them durable, publishes them.</content>
public sealed partial class DocumentStore
{
    private readonly Queue<PendingCommit> _queue = new();
    private readonly Queue<PendingCompaction> _compactions = new();
    private readonly Queue<PendingRaise> _raises = new();
    private readonly List<PendingCommit> _group = [];
    private TaskCompletionSource? _idle;
    private StoreFencedException? _fenced;
    private bool _closing;
    private bool _closed;

    private TaskCompletionSource? Enqueue<T>(Queue<T> queue, T item)
    {
        lock (_gate)
        {
            if (_fenced is not null) throw new StoreFencedException(_fenced.Message);
            ObjectDisposedException.ThrowIf(_closing, this);
            queue.Enqueue(item);
            return TakeIdle();
        }
    }

    private TaskCompletionSource? Close()
    {
        lock (_gate)
        {
            _closing = true;
            return TakeIdle();
        }
    }

    private TaskCompletionSource? TakeIdle()
    {
        var idle = _idle;
        _idle = null;
        return idle;
    }

    // Outside the gate: a continuation may run at once.
    private static void Wake(TaskCompletionSource? idle) => idle?.TrySetResult();

    private async Task WriteAsync()
    {
        while (true)
        {
            Task? idle = null;
            PendingCompaction? compaction = null;
            PendingRaise? raise = null;
            lock (_gate)
            {
                TakeGroup();
                if (_group.Count == 0 && !_raises.TryDequeue(out raise) && !_compactions.TryDequeue(out compaction))
                {
                    if (_closing) break;
                    _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    idle = _idle.Task;
                }
            }

            if (idle is not null) await idle;
            else if (raise is not null) await RaiseAsync(raise);
            else if (compaction is not null) await CompactAsync(compaction);
            else if (!await WriteGroupAsync()) break;

            // Lets the callers just answered hand over their next transactions, so that these do not wait a whole append for the group after the next.
            if (_group.Count > 1) await Task.Yield();
            _group.Clear();
        }
        End();
    }

    private void TakeGroup()
    {
        long bytes = 0;
        while (_group.Count < _options.GroupTransactions && _queue.TryPeek(out var next) && (_group.Count == 0 || bytes + next.Bytes <= _options.GroupBytes))
        {
            bytes += next.Bytes;
            _group.Add(_queue.Dequeue());
        }
    }

    /// <summary>False when another opener has taken the log.</summary>
    private async Task<bool> WriteGroupAsync()
    {
        var before = _current;
        var edit = new SnapshotEdit(before);
        var changes = new List<StoreChange>(_group.Count);
        long started = _options.Time.GetTimestamp();
        try
        {
            foreach (var pending in _group) pending.Outcome = Apply(pending, edit, changes);
            await _log.AppendAsync(new CommitGroup(before.Revision, edit.Revision, changes), CancellationToken.None);
        }
        catch (StoreFencedException fenced)
        {
            lock (_gate) _fenced = fenced;
            foreach (var pending in _group) pending.TrySetException(new StoreFencedException(fenced.Message));
            return false;
        }
        catch (Exception refused)
        {
            // The caller is told, nothing of the group is visible, and the next group is tried: the disk may have room again.
            StoreMetrics.GroupsRefused.Add(1);
            Refuse(before, refused);
            return true;
        }

        if (changes.Count > 0) Publish(edit.ToSnapshot(), changes);
        StoreMetrics.Record(_group.Count, _group.Count(static pending => pending.Outcome is CommitOutcome.Conflict), changes.Count, _options.Time.GetElapsedTime(started));
        foreach (var pending in _group) pending.TrySetResult(pending.Outcome!);
        return true;
    }

    private static CommitOutcome Apply(PendingCommit pending, SnapshotEdit edit, List<StoreChange> changes)
    {
        foreach (var condition in pending.Conditions)
        {
            long actual = edit.Get(condition.Key)?.Revision ?? 0;
            if (actual != condition.Revision) return new CommitOutcome.Conflict(condition.Key, condition.Revision, actual);
        }

        long revision = edit.Revision + 1;
        foreach (var write in pending.Writes)
        {
            var previous = edit.Get(write.Key);
            if (write.Body is { } body)
            {
                var document = new StoredDocument(write.Key, revision, previous?.CreatedRevision ?? revision, body);
                edit.Put(document);
                changes.Add(new(write.Key, revision, document, previous));
            }
            else if (previous is not null)
            {
                edit.Remove(write.Key);
                changes.Add(new(write.Key, revision, null, previous));
            }
        }
        if (changes.Count > 0 && changes[^1].Revision == revision) edit.Revision = revision;
        return new CommitOutcome.Committed(edit.Revision);
    }

    /// <summary>
    /// Tells the callers of a refused group. A conflict with what was visible all along stays one;
    /// a conflict with a write that never became visible falls with that write.
    /// </summary>
    private void Refuse(StoreSnapshot visible, Exception refused)
    {
        foreach (var pending in _group)
        {
            if (pending.Outcome is CommitOutcome.Conflict conflict && (visible.Get(conflict.Key)?.Revision ?? 0) == conflict.Actual) pending.TrySetResult(conflict);
            else pending.TrySetException(new StoreUnavailableException(refused.Message, refused));
        }
    }

    private void Publish(StoreSnapshot next, List<StoreChange> changes)
    {
        TaskCompletionSource[] followers;
        lock (_gate)
        {
            _current = next;
            _history.Append(changes);
            followers = TakeFollowers();
        }
        foreach (var follower in followers) follower.TrySetResult();
    }

    private async Task CompactAsync(PendingCompaction compaction)
    {
        lock (_gate) _history.ForgetTo(Math.Min(compaction.BeforeRevision - 1, _current.Revision));
        try
        {
            await _log.CompactAsync(compaction.BeforeRevision, CancellationToken.None);
            compaction.TrySetResult();
        }
        catch (Exception refused)
        {
            compaction.TrySetException(refused);
        }
    }

    private async Task RaiseAsync(PendingRaise raise)
    {
        long term = Math.Max(_term, raise.Term), revision = Math.Max(_current.Revision, raise.Revision);
        try
        {
            if (term > _term || revision > _current.Revision)
            {
                await _log.RaiseAsync(term, revision, CancellationToken.None);
                Volatile.Write(ref _term, term);
                // Followers see a revision without a change, as they do where only other kinds changed.
                Publish(new StoreSnapshot(revision, _current.Kinds), []);
            }
            raise.TrySetResult();
        }
        catch (Exception refused)
        {
            raise.TrySetException(refused);
        }
    }

    /// <summary>Ends the watches, and whoever still waits after the store was fenced.</summary>
    private void End()
    {
        TaskCompletionSource[] followers;
        lock (_gate)
        {
            _closed = true;
            followers = TakeFollowers();
        }
        foreach (var follower in followers) follower.TrySetResult();
        // Nobody can enqueue any more: the store is fenced or closing.
        while (_queue.TryDequeue(out var pending)) pending.TrySetException(new StoreFencedException(_fenced!.Message));
        while (_raises.TryDequeue(out var raise)) raise.TrySetException(new StoreFencedException(_fenced!.Message));
        while (_compactions.TryDequeue(out var compaction)) compaction.TrySetException(new StoreFencedException(_fenced!.Message));
    }
}
