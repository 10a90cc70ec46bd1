namespace Federation.Storage.Sqlite;

/// <summary>
/// Carries batches over into the table of documents, a little with each group.
/// </summary>
/// <remarks>
/// A group is appended as one row, because writing each document to its own place costs a page each. When the batches have grown beside the
/// documents, the newest states of all documents in them are written in the order of keys, where many share a page; then the batches are deleted, oldest
/// first. Until all is carried over every batch is still there, so a crash at any point only means to read them again.
/// Every step runs inside the transaction of a group, and counts only once that is committed.
/// </remarks>
internal sealed class BatchFold : IDisposable
{
    private const int DocumentsAChange = 2;
    private const int LeastDocuments = 16;
    private const int BatchesAGroup = 4;

    private readonly long _leastBytes;
    private readonly SqliteStatement _put;
    private readonly SqliteStatement _remove;
    private readonly SqliteStatement _reach;
    private readonly SqliteStatement _delete;
    private readonly Queue<long> _folded = new();
    private readonly Queue<long> _batches = new();
    private Dictionary<DocumentKey, StoredDocument?> _changed = [];
    private KeyValuePair<DocumentKey, StoredDocument?>[] _folding = [];
    private int _done;
    private long _foldingTo;
    private long _batchBytes;
    private long _liveBytes;
    private Step _step;

    public BatchFold(SqliteConnection connection, LoadedLog loaded, long leastBytes)
    {
        _leastBytes = leastBytes;
        _put = connection.Prepare("INSERT INTO document (kind, key, revision, created, body) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (kind, key) DO UPDATE SET revision = ?3, created = ?4, body = ?5");
        _remove = connection.Prepare("DELETE FROM document WHERE kind = ?1 AND key = ?2");
        _reach = connection.Prepare("UPDATE meta SET revision = ?1");
        _delete = connection.Prepare("DELETE FROM batch WHERE revision <= ?1");
        foreach (long revision in loaded.FoldedBatches) _folded.Enqueue(revision);
        foreach (long revision in loaded.Batches) _batches.Enqueue(revision);
        (_changed, _batchBytes, _liveBytes) = (loaded.Changed, loaded.BatchBytes, loaded.LiveBytes);
    }

    /// <summary>Whether anything waits to be carried over or deleted.</summary>
    public bool HasWork => _folding.Length > 0 || _changed.Count > 0 || _folded.Count > 0;

    /// <summary>Does a group's share, inside its transaction.</summary>
    public void Share(int changes)
    {
        if (_folding.Length == 0 && _batchBytes >= Math.Max(_leastBytes, _liveBytes / 4)) Begin();
        Advance(Math.Max(LeastDocuments, changes * DocumentsAChange), BatchesAGroup);
    }

    /// <summary>Does a large share, inside a transaction of its own.</summary>
    public void ShareOfCompaction()
    {
        if (_folding.Length == 0 && _changed.Count > 0) Begin();
        Advance(1_000, 1_000);
    }

    /// <summary>The transaction was committed, with this batch in it.</summary>
    public void Committed(long revision, IReadOnlyList<StoreChange> changes, int contentBytes)
    {
        Committed();
        _batches.Enqueue(revision);
        _batchBytes += contentBytes;
        foreach (var change in changes)
        {
            _changed[change.Key] = change.Document;
            _liveBytes += (change.Document?.Body.Length ?? 0) - (change.Previous?.Body.Length ?? 0);
        }
    }

    /// <summary>The transaction was committed.</summary>
    public void Committed()
    {
        for (int i = 0; i < _step.Deleted; i++) _folded.Dequeue();
        _done += _step.Documents;
        if (_step.Reached)
        {
            while (_batches.TryPeek(out long batch) && batch <= _foldingTo) _folded.Enqueue(_batches.Dequeue());
            (_folding, _done) = ([], 0);
        }
        _step = default;
    }

    /// <summary>The transaction was undone, and the step with it.</summary>
    public void Undone() => _step = default;

    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
        _reach.Dispose();
        _delete.Dispose();
    }

    private void Begin()
    {
        _folding = [.. _changed];
        Array.Sort(_folding, static (a, b) => a.Key.CompareTo(b.Key));
        (_changed, _done, _batchBytes) = ([], 0, 0);
        _foldingTo = _batches.Last();
    }

    private void Advance(int documents, int batches)
    {
        int deleted = Math.Min(batches, _folded.Count);
        if (deleted > 0) _delete.Bind(1, _folded.ElementAt(deleted - 1)).Run();
        int written = Math.Min(documents, _folding.Length - _done);
        for (int i = _done; i < _done + written; i++)
        {
            (var key, var document) = _folding[i];
            if (document is null) _remove.Bind(1, key.Kind).Bind(2, key.Key).Run();
            else _put.Bind(1, key.Kind).Bind(2, key.Key).Bind(3, document.Revision).Bind(4, document.CreatedRevision).Bind(5, document.Body.Span).Run();
        }
        bool reached = _folding.Length > 0 && _done + written == _folding.Length;
        if (reached) _reach.Bind(1, _foldingTo).Run();
        _step = new(written, deleted, reached);
    }

    /// <summary>What the open transaction has done.</summary>
    private readonly record struct Step(int Documents, int Deleted, bool Reached);
}
