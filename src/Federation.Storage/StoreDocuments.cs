using System.Runtime.CompilerServices;
using System.Text.Json;
using Federation.Domain.Json;

namespace Federation.Storage;

/// <summary>Documents as the domain's records, in the one JSON form of <see cref="DomainJson"/>.</summary>
public static class StoreDocuments
{
    // Loops read the same documents again and again. A document's state never changes, so its record is made once and lives as long as it.
    private static readonly ConditionalWeakTable<StoredDocument, object> Decoded = [];

    /// <summary>The document's record. Made once a document state and type: treat it as shared and immutable.</summary>
    /// <exception cref="StoreDocumentException">The content is no <typeparamref name="T"/>; the message names the document.</exception>
    public static T Read<T>(this StoredDocument document) where T : class
    {
        ArgumentNullException.ThrowIfNull(document);
        if (Decoded.TryGetValue(document, out object? known) && known is T value) return value;
        value = Decode<T>(document);
        Decoded.AddOrUpdate(document, value);
        return value;
    }

    /// <summary>The record at the key; null if there is none.</summary>
    /// <exception cref="StoreDocumentException">The content is no <typeparamref name="T"/>.</exception>
    public static T? Read<T>(this IStoreSnapshot snapshot, DocumentKey key) where T : class
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.Get(key)?.Read<T>();
    }

    /// <summary>The records of <see cref="IStoreSnapshot.List"/>.</summary>
    /// <exception cref="StoreDocumentException">A content is no <typeparamref name="T"/>.</exception>
    public static IEnumerable<T> ReadAll<T>(this IStoreSnapshot snapshot, string kind, string keyPrefix = "", string? after = null) where T : class
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.List(kind, keyPrefix, after).Select(document => document.Read<T>());
    }

    /// <summary>The record's stored form.</summary>
    public static ReadOnlyMemory<byte> Encode<T>(T value) where T : class => JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), DomainJson.Options);

    private static T Decode<T>(StoredDocument document) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(document.Body.Span, DomainJson.Options) ?? throw new JsonException("the content is null");
        }
        catch (JsonException e)
        {
            throw new StoreDocumentException($"Document {document.Key} at revision {document.Revision} is no {typeof(T).Name}: {e.Message}", e);
        }
    }
}
