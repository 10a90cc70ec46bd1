namespace Federation.Storage;

/// <summary>Writes that happen together or not at all, under conditions.</summary>
public sealed record StoreTransaction
{
    /// <summary>Conditions on documents' present revisions; all must hold.</summary>
    public IReadOnlyList<StoreCondition> Conditions { get; init; } = [];

    /// <summary>The writes, at most one a key.</summary>
    public required IReadOnlyList<StoreWrite> Writes { get; init; }
}
