using System.Buffers;

namespace Federation.Adapters.Kubernetes.Client;

/// <summary>The whole of an answer, in a buffer that later answers are read into as well: the pages of a list are large, and one follows the other. It is cleared when it is given back.</summary>
internal sealed class WholeAnswer : ByteArrayContent
{
    private readonly int _length;
    private byte[]? _rented;

    private WholeAnswer(byte[] rented, int length) : base(rented, 0, length) => (_rented, _length) = (rented, length);

    /// <summary>What it says, until it is disposed of.</summary>
    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    /// <summary>Reads to the end; null where there is more than may be, but for a refusal, of which the beginning is enough.</summary>
    public static async Task<WholeAnswer?> ReadAsync(HttpResponseMessage reply, int most, CancellationToken cancellationToken)
    {
        using Stream body = await reply.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(reply.Content.Headers.ContentLength is { } expected && expected < most ? (int)expected + 1 : 64 * 1024);
        int length = 0;
        WholeAnswer? whole = null;
        try
        {
            for (int read; (read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0;)
            {
                if (length + read > most)
                {
                    if (reply.IsSuccessStatusCode) return null;
                    length = most;
                    break;
                }
                length += read;
                if (length == buffer.Length) buffer = Larger(buffer);
            }
            whole = new WholeAnswer(buffer, length);
            whole.Headers.ContentType = reply.Content.Headers.ContentType;
            return whole;
        }
        finally
        {
            if (whole is null) ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _rented, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        base.Dispose(disposing);
    }

    private static byte[] Larger(byte[] buffer)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }
}
