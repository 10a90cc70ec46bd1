namespace Federation.Storage;

/// <summary>A raise of term and revision that waits for its turn among the groups.</summary>
internal sealed class PendingRaise(long term, long revision) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public long Term { get; } = term;

    public long Revision { get; } = revision;
}
