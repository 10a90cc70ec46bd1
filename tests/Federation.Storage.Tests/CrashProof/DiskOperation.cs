namespace Federation.Storage.Tests.CrashProof;

/// <summary>One thing that SQLite asked of its disk, or that the store told its callers, in the order in which they happened.</summary>
internal abstract record DiskOperation
{
    private DiskOperation() { }

    internal sealed record Write(string File, long Offset, byte[] Bytes) : DiskOperation;

    internal sealed record Truncate(string File, long Size) : DiskOperation;

    /// <summary>A file's content was synced; with its folder where SQLite syncs that too, which makes earlier deletions durable.</summary>
    internal sealed record Sync(string File, bool WithFolder) : DiskOperation;

    /// <summary>A file was deleted; durable when its folder is synced, at once or later.</summary>
    internal sealed record Delete(string File, bool WithFolder) : DiskOperation;

    /// <summary>The opening was told to the caller.</summary>
    internal sealed record Opened(long Term) : DiskOperation;

    /// <summary>The group was told to the caller as durable.</summary>
    internal sealed record Acknowledged(long Revision) : DiskOperation;
}
