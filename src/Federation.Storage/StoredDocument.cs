namespace Federation.Storage;

/// <summary>A document's state at a revision.</summary>
/// <param name="Key">Its address.</param>
/// <param name="Revision">The revision that wrote this state.</param>
/// <param name="CreatedRevision">The revision that first wrote the document since it was last absent.</param>
/// <param name="Body">The content (UTF-8 JSON by custom). Never changed after it was stored.</param>
public sealed record StoredDocument(DocumentKey Key, long Revision, long CreatedRevision, ReadOnlyMemory<byte> Body);
