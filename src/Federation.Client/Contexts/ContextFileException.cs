namespace Federation.Client.Contexts;

/// <summary>A context file cannot be used; the message says which, why, and what to do. It never quotes the content.</summary>
public sealed class ContextFileException(string message) : Exception(message);
