namespace Federation.Storage;

/// <summary>A stored document's content is not of the expected type.</summary>
public sealed class StoreDocumentException(string message, Exception inner) : InvalidOperationException(message, inner);
