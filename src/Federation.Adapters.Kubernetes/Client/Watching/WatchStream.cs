using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Client.Watching;

/// <summary>One open watch. Reads lines, whatever chunks they come in. One reader.</summary>
internal sealed class WatchStream<T>(KubernetesClient client, KubernetesRequest request, HttpResponseMessage reply, Stream stream, JsonTypeInfo<T> type) : IDisposable
{
    private const int MostLineBytes = 16 * 1024 * 1024;

    private byte[] _buffer = new byte[32 * 1024];
    private int _start, _end;

    /// <summary>The next event; null where the server has ended the watch in good order.</summary>
    /// <exception cref="KubernetesException">The stream broke, or holds what is no event.</exception>
    public async ValueTask<WatchEvent<T>?> ReadAsync(CancellationToken cancellationToken)
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                int line = _start;
                length += searched;
                _start += length + 1;
                searched = 0;
                if (_buffer.AsSpan(line, length).Trim(" \r\t"u8).Length > 0) return Parse(_buffer.AsSpan(line, length));
                continue;
            }
            searched = _end - _start;
            MakeRoom();
            int read;
            try
            {
                read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            }
            catch (Exception e) when (KubernetesClient.IsBreak(e))
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw client.Broken(request, e);
            }
            if (read == 0)
            {
                // An event without its line's end was cut off: the next watch brings it whole.
                return null;
            }
            _end += read;
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        reply.Dispose();
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end < _buffer.Length) return;
        if (_buffer.Length >= MostLineBytes) throw client.Failed(FailureKind.Unreadable, request, string.Create(CultureInfo.InvariantCulture, $"an event has more than {MostLineBytes} bytes"));
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }

    private WatchEvent<T> Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            string? kind = null;
            ReadOnlySpan<byte> body = default;
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("no object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isType = reader.ValueTextEquals("type"u8), isObject = reader.ValueTextEquals("object"u8);
                reader.Read();
                if (isType) kind = reader.GetString();
                int from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (isObject) body = line[from..(int)reader.BytesConsumed];
            }
            if (body.IsEmpty) throw new JsonException("no object in it");
            return kind switch
            {
                "ADDED" or "MODIFIED" => new WatchEvent<T>.Put(Read(body, type)),
                "DELETED" => new WatchEvent<T>.Gone(Read(body, type)),
                "BOOKMARK" => new WatchEvent<T>.Mark(Read(body, KubernetesJson.Default.Bookmark).Metadata.ResourceVersion is { Length: > 0 } version ? version : throw new JsonException("a bookmark without resourceVersion")),
                "ERROR" => new WatchEvent<T>.Error(Read(body, KubernetesJson.Default.ApiStatus)),
                _ => throw new JsonException($"an event of type {kind}"),
            };
        }
        catch (JsonException e)
        {
            bool hides = request.Resource == ApiResource.Secrets.Plural;
            throw client.Failed(FailureKind.Unreadable, request, $"an event cannot be read{(hides ? "" : ": " + e.Message)}", hides ? null : e);
        }
    }

    private static TRead Read<TRead>(ReadOnlySpan<byte> body, JsonTypeInfo<TRead> type) => JsonSerializer.Deserialize(body, type) ?? throw new JsonException("null");
}
