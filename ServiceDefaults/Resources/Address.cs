namespace Federation.ServiceDefaults.Resources;

/// <summary>Where a resource of a kind is, within a tenant.</summary>
/// <param name="Namespace">The namespace; null for kinds outside namespaces.</param>
/// <param name="Name">The name.</param>
public sealed record Address(string? Namespace, string Name);
