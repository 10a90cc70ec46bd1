namespace Federation.Domain.Tenancy;

/// <summary>A namespace's declared state.</summary>
public sealed record NamespaceSpec
{
    /// <summary>What the namespace is for.</summary>
    public string? Description { get; init; }
}
