namespace Federation.Storage;

/// <summary>One document's change.</summary>
/// <param name="Key">The document.</param>
/// <param name="Revision">The revision of the change.</param>
/// <param name="Document">The state after it; null for a deletion.</param>
/// <param name="Previous">The state before it; null if it was absent.</param>
public sealed record StoreChange(DocumentKey Key, long Revision, StoredDocument? Document, StoredDocument? Previous);
