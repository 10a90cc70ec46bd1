namespace Federation.Security.AtRest;

/// <summary>The key-encryption key file cannot be used, or is not the one that a store's content was sealed with. The message names the file and what to do.</summary>
public sealed class KeyRingException(string message, Exception? inner = null) : InvalidOperationException(message, inner);
