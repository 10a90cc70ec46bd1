using Federation.Domain.Chance;

namespace Federation.Storage.Logs;

/// <summary>
/// A log that keeps nothing: for state that is rebuilt from what others report. Every opening is a new incarnation, so that followers list anew.
/// Its term rises only within one process; compare it only within one incarnation.
/// </summary>
public sealed class MemoryCommitLog(IChance chance) : ICommitLog
{
    private long _term;

    /// <inheritdoc/>
    public Task<CommitLogState> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new CommitLogState(chance.NextUid(), ++_term, 0, []));
    }

    /// <inheritdoc/>
    public Task AppendAsync(CommitGroup group, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task CompactAsync(long beforeRevision, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task RaiseAsync(long term, long revision, CancellationToken cancellationToken)
    {
        _term = Math.Max(_term, term);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
