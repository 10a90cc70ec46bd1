using Federation.Domain.Resources;

namespace Federation.Client.Resources;

/// <summary>Everything a query found.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="Items">In order of namespace and name.</param>
/// <param name="Cursor">Where a watch of the same query goes on without a gap.</param>
public sealed record ResourceSet<T>(IReadOnlyList<T> Items, string Cursor) where T : Resource;
