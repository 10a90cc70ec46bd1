using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Federation.Engine.Streams;

/// <summary>Reads a stream of JSON values, one a line, each bounded.</summary>
internal static class LineReader
{
    private const int MostLineBytes = 1024 * 1024;

    public static async IAsyncEnumerable<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 * 1024];
        int filled = 0;
        while (true)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw new EngineException($"the engine's stream broke: {e.Message}", e);
            }
            if (read == 0)
            {
                if (buffer.AsSpan(0, filled).Trim(" \r\n\t"u8).Length > 0) yield return Parse(buffer.AsSpan(0, filled), type);
                yield break;
            }
            filled += read;
            int start = 0;
            while (buffer.AsSpan(start, filled - start).IndexOf((byte)'\n') is >= 0 and var length)
            {
                if (buffer.AsSpan(start, length).Trim(" \r\t"u8).Length > 0) yield return Parse(buffer.AsSpan(start, length), type);
                start += length + 1;
            }
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled < buffer.Length) continue;
            if (buffer.Length >= MostLineBytes) throw new EngineException($"the engine sends a line of more than {MostLineBytes} bytes");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new EngineException($"the engine's stream has a line that cannot be read: {e.Message}", e);
        }
    }
}
