namespace Federation.Storage;

/// <summary>
/// Revisioned documents of one service. Exactly one opener at a time: opening takes the store's leadership and raises its term;
/// an opener that lost it fails every later commit with <see cref="StoreFencedException"/>.
/// Acknowledgements and watch batches follow the durable commit; revisions become visible in order; one transaction's conflict never
/// touches another's. Thread-safe.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Made with the store; changed by a restore.</summary>
    string Incarnation { get; }

    /// <summary>Raised by each opening; the fencing term of everything this opener does. Rises further only by <see cref="RaiseAsync"/>.</summary>
    long Term { get; }

    /// <summary>The newest visible state. Cheap: no copy, no I/O.</summary>
    IStoreSnapshot Current { get; }

    /// <summary>
    /// Commits a transaction. Completes when it is durable and visible in <see cref="Current"/>, or refused by a condition.
    /// Cancellation abandons the waiting, not the transaction: its outcome is then unknown to the caller.
    /// </summary>
    /// <exception cref="StoreFencedException">Another opener has taken the store.</exception>
    /// <exception cref="StoreUnavailableException">The disk refused the write (full, failing). Nothing of this transaction is visible; the store still serves reads, and later commits are tried again.</exception>
    /// <exception cref="ArgumentException">The transaction writes a key twice, a document above <see cref="MaxDocumentBytes"/>, or more than <see cref="MaxTransactionBytes"/> in all.</exception>
    Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Yields what is needed to follow the kinds from the cursor on; never ends but by cancellation or the store's disposal.
    /// The first batch comes at once: a Relist, or the Changes since the cursor, perhaps none. Later ones also come, empty, where only other kinds
    /// changed, so that a follower knows how far it has seen.
    /// A follower that is slow never slows the store: batches are merged, and one that falls behind the kept history gets a Relist.
    /// </summary>
    /// <exception cref="StoreFencedException">Another opener has taken the store; thrown when all that this one made visible was yielded.</exception>
    IAsyncEnumerable<StoreWatchBatch> WatchAsync(StoreCursor? after, IReadOnlyCollection<string> kinds, CancellationToken cancellationToken);

    /// <summary>Forgets history before the revision; watches from older cursors get a Relist. Documents' present states stay.</summary>
    Task CompactAsync(long beforeRevision, CancellationToken cancellationToken);

    /// <summary>
    /// Lifts term and revision to at least these: a store that was restored begins below what others have seen of its earlier life, and what it says
    /// must not be taken for old. Returns when that is durable and visible; never lowers either.
    /// </summary>
    /// <exception cref="StoreFencedException">Another opener has taken the store.</exception>
    /// <exception cref="StoreUnavailableException">The disk refused; neither was raised.</exception>
    Task RaiseAsync(long term, long revision, CancellationToken cancellationToken);

    /// <summary>The largest document, in bytes.</summary>
    const int MaxDocumentBytes = 2 * 1024 * 1024;

    /// <summary>The largest transaction, in bytes of its documents.</summary>
    const int MaxTransactionBytes = 64 * 1024 * 1024;
}
