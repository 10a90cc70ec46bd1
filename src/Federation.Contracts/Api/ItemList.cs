namespace Federation.Contracts.Api;

/// <summary>A short list that is never paged: replicas, events, revisions, service accounts, tenants.</summary>
/// <param name="Items">The items, in the order the answer documents.</param>
public sealed record ItemList<T>(IReadOnlyList<T> Items);
