namespace Federation.Adapters.Kubernetes.Client.Watching;

/// <summary>A whole list of one moment.</summary>
/// <param name="Items">All of it, in no order.</param>
/// <param name="ResourceVersion">The moment; a watch goes on from it.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Items, string ResourceVersion);
