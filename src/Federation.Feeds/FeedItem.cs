using System.Text.Json;
using Federation.Domain.Json;

namespace Federation.Feeds;

/// <summary>One document as a follower holds it.</summary>
/// <param name="key">Its key inside its kind.</param>
/// <param name="revision">Its revision in the owner's store.</param>
/// <param name="json">Its content.</param>
public sealed class FeedItem(string key, long revision, ReadOnlyMemory<byte> json)
{
    private object? _value;

    /// <summary>Its key inside its kind.</summary>
    public string Key { get; } = key;

    /// <summary>Its revision in the owner's store.</summary>
    public long Revision { get; } = revision;

    /// <summary>Its content as the owner wrote it.</summary>
    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>Its content as a record; read once.</summary>
    /// <exception cref="JsonException">The content is no <typeparamref name="T"/>: the services' versions do not fit.</exception>
    public T Value<T>() where T : class => (T)(_value ??= JsonSerializer.Deserialize<T>(Json.Span, DomainJson.Options)
        ?? throw new JsonException($"the feed's document {Key} is null"));
}
