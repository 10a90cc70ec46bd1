namespace Federation.Storage.Logs;

/// <summary>
/// The durable half of a store, and the seam behind which the simulation puts its disk. The store decides (conditions, revisions, order);
/// the log only makes one group after another durable. Calls never overlap: the store makes the next one when the last has completed.
/// </summary>
public interface ICommitLog : IAsyncDisposable
{
    /// <summary>
    /// Takes leadership, durably raises the term, and loads what is durable. Called once, first.
    /// From here on an earlier opener's <see cref="AppendAsync"/> must fail with <see cref="StoreFencedException"/> and write nothing.
    /// </summary>
    /// <exception cref="StoreOpenException">The log is held by another, damaged, or no log of ours.</exception>
    Task<CommitLogState> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes a group durable: all of it, or (also after a crash at any instant) nothing. Completes only when it is durable.
    /// A group without changes writes nothing; it only confirms that this opener still leads.
    /// </summary>
    /// <exception cref="StoreFencedException">Another opener leads now.</exception>
    /// <exception cref="StoreUnavailableException">The group could not be written and is not visible to this opener; a later append, of the same revisions, may be tried.</exception>
    Task AppendAsync(CommitGroup group, CancellationToken cancellationToken);

    /// <summary>Gives back space that only history before the revision needs. Documents' present states stay.</summary>
    /// <exception cref="StoreUnavailableException">The disk refused; nothing is lost.</exception>
    Task CompactAsync(long beforeRevision, CancellationToken cancellationToken);

    /// <summary>Makes a higher term and a higher revision durable, without a document: both or neither. The next group follows that revision.</summary>
    /// <exception cref="StoreUnavailableException">The disk refused; nothing changed.</exception>
    /// <exception cref="NotSupportedException">The log cannot be restored, so there is nothing to be raised above.</exception>
    Task RaiseAsync(long term, long revision, CancellationToken cancellationToken) => throw new NotSupportedException("this log is never restored from a copy");
}
