namespace Federation.Storage;

/// <summary>Bounds of a <see cref="DocumentStore"/>.</summary>
public sealed record DocumentStoreOptions
{
    /// <summary>Changes kept for followers; one that falls further behind lists anew.</summary>
    public int HistoryChanges { get; init; } = 16_384;

    /// <summary>Bytes of document bodies kept for followers.</summary>
    public long HistoryBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The most transactions in one commit group.</summary>
    public int GroupTransactions { get; init; } = 1_024;

    /// <summary>A group closes when its bodies reach this many bytes.</summary>
    public long GroupBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The clock of the metrics; the store's decisions need none.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
