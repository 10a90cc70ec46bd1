using Federation.Storage.Logs;

namespace Federation.Storage.Tests.CrashProof;

/// <summary>Writes into the disk's own sequence what the store was told, and keeps what each group was to make.</summary>
/// <param name="inner">The log under test.</param>
/// <param name="disk">The disk that it writes to.</param>
/// <param name="groups">Gets every group that is handed over, acknowledged or not.</param>
internal sealed class RecordingCommitLog(ICommitLog inner, RecordingFileSystem disk, List<CommitGroup> groups) : ICommitLog
{
    public async Task<CommitLogState> OpenAsync(CancellationToken cancellationToken)
    {
        var state = await inner.OpenAsync(cancellationToken);
        disk.Record(new DiskOperation.Opened(state.Term));
        return state;
    }

    public async Task AppendAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        groups.Add(group);
        await inner.AppendAsync(group, cancellationToken);
        disk.Record(new DiskOperation.Acknowledged(group.Revision));
    }

    public Task CompactAsync(long beforeRevision, CancellationToken cancellationToken) => inner.CompactAsync(beforeRevision, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
