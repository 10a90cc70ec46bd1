namespace Federation.Storage;

/// <summary>A condition on a document's present revision.</summary>
/// <param name="Key">The document.</param>
/// <param name="Revision">The revision it must have; 0: it must be absent.</param>
public readonly record struct StoreCondition(DocumentKey Key, long Revision);
