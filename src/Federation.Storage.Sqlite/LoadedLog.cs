namespace Federation.Storage.Sqlite;

/// <summary>What a database holds: the documents, and the batches that are still to be carried over into their table.</summary>
internal sealed class LoadedLog
{
    public required string Incarnation { get; init; }

    /// <summary>The newest revision.</summary>
    public required long Revision { get; init; }

    /// <summary>The present documents, batches included.</summary>
    public required IReadOnlyList<StoredDocument> Documents { get; init; }

    /// <summary>The batches whose changes are all in the table, oldest first.</summary>
    public required IReadOnlyList<long> FoldedBatches { get; init; }

    /// <summary>The batches whose changes may not be in the table, oldest first.</summary>
    public required IReadOnlyList<long> Batches { get; init; }

    /// <summary>The newest states of what those batches changed.</summary>
    public required Dictionary<DocumentKey, StoredDocument?> Changed { get; init; }

    public required long BatchBytes { get; init; }

    public required long LiveBytes { get; init; }
}
