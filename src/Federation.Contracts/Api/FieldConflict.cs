namespace Federation.Contracts.Api;

/// <summary>A field that an apply would change and another writer owns.</summary>
/// <param name="Field">The field: <c>spec.replicas</c>, <c>spec.template.ports[name="http"].protocol</c>.</param>
/// <param name="Owner">The writer that owns it.</param>
public sealed record FieldConflict(string Field, string Owner);
