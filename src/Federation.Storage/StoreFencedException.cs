namespace Federation.Storage;

/// <summary>Another opener has taken the store: this one must end its work.</summary>
public sealed class StoreFencedException(string message) : InvalidOperationException(message);
