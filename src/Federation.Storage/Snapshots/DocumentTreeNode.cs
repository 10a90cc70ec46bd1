namespace Federation.Storage.Snapshots;

/// <summary>
/// A node of the copy-on-write B+ tree. It may be changed in place only by the edit whose token it carries;
/// when that edit is published nobody holds the token any more, and the node is frozen.
/// </summary>
internal abstract class DocumentTreeNode(object? owner)
{
    public const int Width = 32;

    public object? Owner { get; } = owner;

    public int Count { get; set; }
}

/// <summary>Documents in ordinal order of keys.</summary>
internal sealed class DocumentTreeLeaf(object? owner) : DocumentTreeNode(owner)
{
    public StoredDocument[] Items { get; } = new StoredDocument[Width];

    /// <summary>The place of the key, or the complement of the place where it would go.</summary>
    public int Search(string key)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = string.CompareOrdinal(Items[middle].Key.Key, key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}

/// <summary>
/// Children, each with a separator: not above any key of the child, above every key of the child before it.
/// The first separator counts as the lowest of all keys.
/// </summary>
internal sealed class DocumentTreeBranch(object? owner) : DocumentTreeNode(owner)
{
    public DocumentTreeNode[] Children { get; } = new DocumentTreeNode[Width];

    public string[] Separators { get; } = new string[Width];

    /// <summary>The child whose range holds the key.</summary>
    public int Search(string key)
    {
        int low = 1, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (string.CompareOrdinal(Separators[middle], key) <= 0) low = middle + 1;
            else high = middle - 1;
        }
        return low - 1;
    }
}
