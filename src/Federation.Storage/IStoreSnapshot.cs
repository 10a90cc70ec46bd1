namespace Federation.Storage;

/// <summary>All documents as they were at one revision. Immutable; safe to read from any thread and to keep.</summary>
public interface IStoreSnapshot
{
    /// <summary>The revision.</summary>
    long Revision { get; }

    /// <summary>The document, or null.</summary>
    StoredDocument? Get(DocumentKey key);

    /// <summary>Every document of every kind, in ordinal order of kind, then key.</summary>
    IEnumerable<StoredDocument> All();

    /// <summary>The documents of a kind whose keys begin with the prefix and come after <paramref name="after"/>, in ordinal order of keys.</summary>
    IEnumerable<StoredDocument> List(string kind, string keyPrefix = "", string? after = null);
}
