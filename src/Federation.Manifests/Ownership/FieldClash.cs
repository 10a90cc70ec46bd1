namespace Federation.Manifests.Ownership;

/// <summary>A field that a writer would change and another owns.</summary>
/// <param name="Path">The field.</param>
/// <param name="Owner">Who owns it.</param>
public sealed record FieldClash(string Path, string Owner);
