namespace Federation.Manifests;

/// <summary>What a reader puts up with from one file.</summary>
public sealed record ReadLimits
{
    /// <summary>The usual limits.</summary>
    public static ReadLimits Default { get; } = new();

    /// <summary>The largest file, in bytes.</summary>
    public int MaxBytes { get; init; } = 4 << 20;

    /// <summary>The most documents in one file.</summary>
    public int MaxDocuments { get; init; } = 1_000;

    /// <summary>The deepest nesting, aliases expanded.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>The most values in one file: mappings, lists and scalars.</summary>
    public int MaxNodes { get; init; } = 300_000;

    /// <summary>The most values that aliases may add to a file by repeating what they name.</summary>
    public int MaxAliasedNodes { get; init; } = 20_000;

    /// <summary>Errors reported of one file; more are counted only.</summary>
    public int MaxErrors { get; init; } = 100;
}
