namespace Federation.Storage;

/// <summary>One document's new state.</summary>
/// <param name="Key">The document.</param>
/// <param name="Body">The new content; null deletes it (deleting what is absent writes nothing).</param>
public readonly record struct StoreWrite(DocumentKey Key, ReadOnlyMemory<byte>? Body);
