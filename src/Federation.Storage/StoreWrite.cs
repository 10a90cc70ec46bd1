namespace Federation.Storage;

/// <summary>One document's new state.</summary>
/// <param name="Key">The document.</param>
/// <param name="Body">The new content; null deletes it (deleting what is absent writes nothing).</param>
public readonly record struct StoreWrite(DocumentKey Key, ReadOnlyMemory<byte>? Body)
{
    /// <summary>Writes a record in its stored form.</summary>
    public static StoreWrite Of<T>(DocumentKey key, T value) where T : class => new(key, StoreDocuments.Encode(value));

    /// <summary>Deletes the document.</summary>
    public static StoreWrite Delete(DocumentKey key) => new(key, null);
}
