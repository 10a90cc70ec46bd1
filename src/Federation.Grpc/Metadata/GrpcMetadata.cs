using System.Collections;

namespace Federation.Grpc.Metadata;

/// <summary>Headers or trailers of a call that are the application's own, in order; a key may occur more than once. Not safe for concurrent changes.</summary>
public sealed class GrpcMetadata : IReadOnlyCollection<GrpcMetadataEntry>
{
    private List<GrpcMetadataEntry>? _entries;

    /// <inheritdoc />
    public int Count => _entries?.Count ?? 0;

    /// <summary>Adds a text value.</summary>
    /// <exception cref="ArgumentException">The key is reserved or malformed, ends with <c>-bin</c>, or the value is not printable ASCII.</exception>
    public GrpcMetadata Add(string key, string value)
    {
        key = CheckKey(key);
        if (key.EndsWith("-bin", StringComparison.Ordinal))
            throw new ArgumentException($"metadata {key}: a key that ends with -bin takes bytes", nameof(key));
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException($"metadata {key}: the value is not printable ASCII; use a -bin key for other text", nameof(value));
        (_entries ??= []).Add(new GrpcMetadataEntry(key, value));
        return this;
    }

    /// <summary>Adds a binary value.</summary>
    /// <exception cref="ArgumentException">The key is reserved or malformed, or does not end with <c>-bin</c>.</exception>
    public GrpcMetadata Add(string key, ReadOnlySpan<byte> value)
    {
        key = CheckKey(key);
        if (!key.EndsWith("-bin", StringComparison.Ordinal))
            throw new ArgumentException($"metadata {key}: a key for bytes must end with -bin", nameof(key));
        (_entries ??= []).Add(new GrpcMetadataEntry(key, Convert.ToBase64String(value).TrimEnd('=')));
        return this;
    }

    /// <summary>The last text value under the key, or null.</summary>
    public string? Text(string key) => Find(key)?.Text;

    /// <summary>The last binary value under the key, or null where it is absent or not base64.</summary>
    public byte[]? Bytes(string key)
    {
        if (Find(key) is not { IsBinary: true } entry)
            return null;
        string padded = entry.Text.TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        byte[] bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out int length) ? bytes[..length] : null;
    }

    /// <inheritdoc />
    public IEnumerator<GrpcMetadataEntry> GetEnumerator() => (_entries ?? Enumerable.Empty<GrpcMetadataEntry>()).GetEnumerator();

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes a header as it was received; reserved ones are left out. Several binary values may share one header, joined by commas.</summary>
    internal void AddReceived(string key, IEnumerable<string?> values)
    {
        key = key.ToLowerInvariant();
        if (IsReserved(key))
            return;
        foreach (string? value in values)
        {
            if (value is null)
                continue;
            if (!key.EndsWith("-bin", StringComparison.Ordinal))
                (_entries ??= []).Add(new GrpcMetadataEntry(key, value));
            else
                foreach (string part in value.Split(',', StringSplitOptions.TrimEntries))
                    (_entries ??= []).Add(new GrpcMetadataEntry(key, part));
        }
    }

    private GrpcMetadataEntry? Find(string key)
    {
        for (int i = Count - 1; i >= 0; i--)
            if (string.Equals(_entries![i].Key, key, StringComparison.OrdinalIgnoreCase))
                return _entries[i];
        return null;
    }

    private static string CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        key = key.ToLowerInvariant();
        foreach (char c in key)
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.'))
                throw new ArgumentException($"metadata key {key}: only letters, digits, '-', '_' and '.' are allowed", nameof(key));
        if (IsReserved(key))
            throw new ArgumentException($"metadata key {key} is reserved by the protocol", nameof(key));
        return key;
    }

    private static bool IsReserved(string key) =>
        key.StartsWith("grpc-", StringComparison.Ordinal) || key.StartsWith(':')
        || key is "content-type" or "content-length" or "te" or "user-agent" or "host" or "connection" or "transfer-encoding" or "date" or "server";
}
