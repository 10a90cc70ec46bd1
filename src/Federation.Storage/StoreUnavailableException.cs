namespace Federation.Storage;

/// <summary>The store cannot write for now; nothing of the refused transaction is visible.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
