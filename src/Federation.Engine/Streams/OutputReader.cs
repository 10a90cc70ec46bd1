using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Federation.Engine.Streams;

/// <summary>
/// Takes apart what a container or a command writes. Without a terminal the daemon multiplexes the streams: a header of 8 bytes (the stream's number,
/// three zeros, the length) before each piece. With one there are only the bytes.
/// </summary>
public static class OutputReader
{
    /// <summary>The largest piece that is taken as one; the daemon's own are at most some 16 KiB.</summary>
    public const int MostPieceBytes = 1024 * 1024;

    private const int HeaderBytes = 8;
    private const int RawBytes = 32 * 1024;
    private const byte SystemError = 3;

    /// <summary>Yields pieces as they come, until the stream ends.</summary>
    /// <exception cref="EngineException">The stream is not of that form, breaks off within a piece, or carries a failure of the daemon.</exception>
    public static async IAsyncEnumerable<OutputPiece> ReadAsync(Stream stream, bool tty, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[RawBytes];
        if (tty)
        {
            for (int read; (read = await ReadSomeAsync(stream, buffer, cancellationToken)) > 0;) yield return new(OutputSource.Output, buffer.AsMemory(0, read));
            yield break;
        }
        byte[] header = new byte[HeaderBytes];
        while (true)
        {
            int got = await FillAsync(stream, header, cancellationToken);
            if (got == 0) yield break;
            if (got < HeaderBytes) throw new EngineException("the engine's output stream breaks off within a header");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            if (header[0] > SystemError || header[1] != 0 || header[2] != 0 || header[3] != 0 || length > MostPieceBytes)
                throw new EngineException("the engine's output stream has a header that is none");
            if (buffer.Length < length) buffer = new byte[length];
            Memory<byte> piece = buffer.AsMemory(0, (int)length);
            if (await FillAsync(stream, piece, cancellationToken) < length) throw new EngineException("the engine's output stream breaks off within a piece");
            if (header[0] == SystemError) throw new EngineException(System.Text.Encoding.UTF8.GetString(piece.Span).Trim());
            yield return new(header[0] == 2 ? OutputSource.Error : OutputSource.Output, piece);
        }
    }

    private static async Task<int> FillAsync(Stream stream, Memory<byte> target, CancellationToken cancellationToken)
    {
        int filled = 0;
        for (int read; filled < target.Length && (read = await ReadSomeAsync(stream, target[filled..], cancellationToken)) > 0;) filled += read;
        return filled;
    }

    private static async ValueTask<int> ReadSomeAsync(Stream stream, Memory<byte> target, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(target, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or (IOException and not EngineException))
        {
            throw new EngineException($"the engine's stream broke: {e.Message}", e);
        }
    }
}
