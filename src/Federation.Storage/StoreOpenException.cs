namespace Federation.Storage;

/// <summary>A store could not be opened. The message names the place and what would make it pass.</summary>
public sealed class StoreOpenException(StoreOpenFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Why.</summary>
    public StoreOpenFailure Failure { get; } = failure;
}
