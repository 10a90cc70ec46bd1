namespace Federation.Storage;

/// <summary>A document's address in one store.</summary>
/// <param name="Kind">The kind, such as <c>Workload</c>.</param>
/// <param name="Key">The key inside the kind, such as <c>tenant/namespace/name</c>; ordinal order.</param>
public readonly record struct DocumentKey(string Kind, string Key) : IComparable<DocumentKey>
{
    /// <summary>Ordinal order of kind, then key.</summary>
    public int CompareTo(DocumentKey other)
    {
        int byKind = string.CompareOrdinal(Kind, other.Kind);
        return byKind != 0 ? byKind : string.CompareOrdinal(Key, other.Key);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}:{Key}";
}
