using Federation.Domain.Resources;

namespace Federation.Client.Resources;

/// <summary>What a watch tells.</summary>
/// <typeparam name="T">The kind.</typeparam>
public abstract record WatchUpdate<T> where T : Resource
{
    private WatchUpdate() { }

    /// <summary>Everything there is now; what was told before and is not in it is gone. Comes first, and again where the plane's history was lost.</summary>
    /// <param name="Items">In order of namespace and name.</param>
    public sealed record Listed(IReadOnlyList<T> Items) : WatchUpdate<T>;

    /// <summary>A resource is new or other than before.</summary>
    /// <param name="Item">The resource now.</param>
    public sealed record Changed(T Item) : WatchUpdate<T>;

    /// <summary>A resource is gone.</summary>
    /// <param name="Item">The resource as it was.</param>
    public sealed record Removed(T Item) : WatchUpdate<T>;
}
