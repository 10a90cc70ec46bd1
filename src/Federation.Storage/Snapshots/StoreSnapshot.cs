namespace Federation.Storage.Snapshots;

/// <summary>One published state: a tree a kind.</summary>
internal sealed class StoreSnapshot(long revision, Dictionary<string, DocumentTree> kinds) : IStoreSnapshot
{
    public static StoreSnapshot Empty { get; } = new(0, []);

    public long Revision { get; } = revision;

    public Dictionary<string, DocumentTree> Kinds { get; } = kinds;

    public StoredDocument? Get(DocumentKey key) => Kinds.TryGetValue(key.Kind, out var tree) ? tree.Find(key.Key) : null;

    public IEnumerable<StoredDocument> All() => Kinds.OrderBy(static kind => kind.Key, StringComparer.Ordinal).SelectMany(static kind => kind.Value.From(""));

    public IEnumerable<StoredDocument> List(string kind, string keyPrefix = "", string? after = null)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(keyPrefix);
        return Kinds.TryGetValue(kind, out var tree) ? List(tree, keyPrefix, after) : [];
    }

    private static IEnumerable<StoredDocument> List(DocumentTree tree, string keyPrefix, string? after)
    {
        string start = after is not null && string.CompareOrdinal(after, keyPrefix) > 0 ? after : keyPrefix;
        foreach (var document in tree.From(start))
        {
            if (!document.Key.Key.StartsWith(keyPrefix, StringComparison.Ordinal)) yield break;
            if (after is not null && string.CompareOrdinal(document.Key.Key, after) <= 0) continue;
            yield return document;
        }
    }
}
