using Federation.Storage.Logs;
using Federation.Storage.Snapshots;
using Federation.Storage.Watching;

namespace Federation.Storage;

/// <summary>
/// The store's logic over any <see cref="ICommitLog"/>. All documents are in memory; the log makes changes durable.
/// </summary>
/// <remarks>
/// Callers queue transactions; one writer takes all that wait, decides each in the order of arrival against the state that the group is making,
/// makes the group durable in one append, publishes one new snapshot, wakes the followers, and then tells the callers.
/// A refused transaction leaves nothing in the group; a group that the log refuses is dropped whole, and the published snapshot was never touched.
/// The code only awaits: on a SynchronizationContext it never leaves it.
/// </remarks>
public sealed partial class DocumentStore : IStore
{
    private readonly Lock _gate = new();
    private readonly ICommitLog _log;
    private readonly DocumentStoreOptions _options;
    private readonly ChangeHistory _history;
    private readonly List<TaskCompletionSource> _followers = [];
    private readonly Task _writer;
    private volatile StoreSnapshot _current;
    private long _term;

    private DocumentStore(ICommitLog log, CommitLogState state, StoreSnapshot current, DocumentStoreOptions options)
    {
        _log = log;
        _options = options;
        _current = current;
        _history = new(options.HistoryChanges, options.HistoryBytes, current.Revision);
        Incarnation = state.Incarnation;
        _term = state.Term;
        StoreMetrics.Opened(this);
        _writer = WriteAsync();
    }

    /// <inheritdoc/>
    public string Incarnation { get; }

    /// <inheritdoc/>
    public long Term => Volatile.Read(ref _term);

    /// <inheritdoc/>
    public IStoreSnapshot Current => _current;

    /// <summary>
    /// Opens the log, which takes its leadership, and serves what it holds. The store owns the log from here on, also where opening fails.
    /// </summary>
    /// <exception cref="StoreOpenException">The log is held by another, damaged, or no log of ours.</exception>
    public static async Task<DocumentStore> OpenAsync(ICommitLog log, DocumentStoreOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        try
        {
            var state = await log.OpenAsync(cancellationToken);
            var edit = new SnapshotEdit(StoreSnapshot.Empty) { Revision = state.Revision };
            foreach (var document in state.Documents) edit.Put(document);
            return new(log, state, edit.ToSnapshot(), options ?? new());
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = PendingCommit.Check(transaction);
        Wake(Enqueue(_queue, pending));
        // Not Task.WaitAsync: behind a source that completes asynchronously it goes on on the thread pool, off the SynchronizationContext.
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((PendingCommit)state!).TrySetCanceled(token), pending);
        return await pending.Task;
    }

    /// <inheritdoc/>
    public async Task CompactAsync(long beforeRevision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingCompaction(beforeRevision);
        Wake(Enqueue(_compactions, pending));
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((PendingCompaction)state!).TrySetCanceled(token), pending);
        await pending.Task;
    }

    /// <inheritdoc/>
    public async Task RaiseAsync(long term, long revision, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingRaise(term, revision);
        Wake(Enqueue(_raises, pending));
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((PendingRaise)state!).TrySetCanceled(token), pending);
        await pending.Task;
    }

    /// <summary>Writes what is queued, ends the watches, and gives up leadership. Later commits fail with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Wake(Close());
        await _writer;
        await _log.DisposeAsync();
    }
}
