namespace Federation.Storage;

/// <summary>A compaction that waits for its turn among the groups.</summary>
internal sealed class PendingCompaction(long beforeRevision) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public long BeforeRevision { get; } = beforeRevision;
}
