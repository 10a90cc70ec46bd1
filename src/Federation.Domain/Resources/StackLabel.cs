namespace Federation.Domain.Resources;

/// <summary>
/// How resources say that they belong together: those of one namespace that carry the label with the same value are a stack. Namespaces and
/// clusters belong to none.
/// </summary>
public static class StackLabel
{
    /// <summary>The label's key; its value is the stack's name.</summary>
    public const string Key = "federation/stack";

    /// <summary>The stack that a resource belongs to, or null.</summary>
    public static string? Of(ResourceMetadata metadata) =>
        metadata.Namespace is not null && metadata.Labels?.GetValueOrDefault(Key) is { Length: > 0 } stack ? stack : null;
}
