using System.Collections.Immutable;

namespace Federation.Feeds;

/// <summary>Everything a follower holds at one moment. Immutable.</summary>
public sealed record FeedView
{
    /// <summary>Nothing received yet.</summary>
    public static FeedView Empty { get; } = new();

    private static readonly ImmutableSortedDictionary<string, FeedItem> NoItems =
        ImmutableSortedDictionary.Create<string, FeedItem>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, FeedItem>> Kinds { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, FeedItem>>(StringComparer.Ordinal);

    /// <summary>The owner's incarnation; empty until the first full set has arrived.</summary>
    public string Incarnation { get; init; } = "";

    /// <summary>Everything up to this revision of the owner is in it.</summary>
    public long Revision { get; init; }

    /// <summary>Whether a full set has ever arrived. Until then absence means nothing.</summary>
    public bool Known => Incarnation.Length > 0;

    /// <summary>The documents of a kind, in ordinal order of keys.</summary>
    public ImmutableSortedDictionary<string, FeedItem> OfKind(string kind) => Kinds.GetValueOrDefault(kind) ?? NoItems;

    /// <summary>The document as a record, or null.</summary>
    public T? Find<T>(string kind, string key) where T : class => OfKind(kind).GetValueOrDefault(key)?.Value<T>();

    /// <summary>All documents of a kind as records, in ordinal order of keys.</summary>
    public IEnumerable<T> All<T>(string kind) where T : class => OfKind(kind).Values.Select(static item => item.Value<T>());
}
