namespace Federation.Storage.Sqlite;

/// <summary>How a <see cref="SqliteCommitLog"/> uses its disk.</summary>
public sealed record SqliteCommitLogOptions
{
    /// <summary>The write-ahead log is folded into the database when it has this many pages of 4 KiB.</summary>
    public int CheckpointPages { get; init; } = 4_000;

    /// <summary>Batches are carried over into the table of documents when they have this many bytes, and a quarter of the documents' own.</summary>
    public long FoldBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The virtual file system that SQLite goes through; null: the system's.</summary>
    internal string? FileSystem { get; init; }

    /// <summary>What each commit waits for. Anything but FULL breaks the promise of durability: only the tests that prove this set it.</summary>
    internal string Synchronous { get; init; } = "FULL";
}
