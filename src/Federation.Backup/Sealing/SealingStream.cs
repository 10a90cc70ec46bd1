using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Federation.Backup.Sealing;

/// <summary>Seals what is written in pieces. Not complete before <see cref="CompleteAsync"/>: a reader refuses what ends without its last piece.</summary>
internal sealed class SealingStream(Stream output, byte[] key, byte[] bound) : Stream
{
    private readonly AesGcm _cipher = new(key, SealedFile.TagBytes);
    private readonly byte[] _buffer = new byte[SealedFile.PieceBytes];
    private int _filled;
    private long _piece;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public async Task CompleteAsync() => await SealAsync(last: true);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == _buffer.Length) await SealAsync(last: false);
            int taken = Math.Min(buffer.Length, _buffer.Length - _filled);
            buffer[..taken].CopyTo(_buffer.AsMemory(_filled));
            _filled += taken;
            buffer = buffer[taken..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("written asynchronously alone");

    protected override void Dispose(bool disposing)
    {
        if (disposing) _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_buffer);
        base.Dispose(disposing);
    }

    internal static void Nonce(Span<byte> nonce, long piece)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[4..], piece);
    }

    internal static byte[] Associated(byte[] bound, bool last) => [.. bound, last ? (byte)1 : (byte)0];

    private async Task SealAsync(bool last)
    {
        byte[] sealedPiece = new byte[4 + _filled + SealedFile.TagBytes];
        BinaryPrimitives.WriteInt32LittleEndian(sealedPiece, last ? -_filled - 1 : _filled);
        Seal(sealedPiece, last);
        _filled = 0;
        _piece++;
        await output.WriteAsync(sealedPiece);
    }

    private void Seal(byte[] piece, bool last)
    {
        Span<byte> nonce = stackalloc byte[SealedFile.NonceBytes];
        Nonce(nonce, _piece);
        _cipher.Encrypt(nonce, _buffer.AsSpan(0, _filled), piece.AsSpan(4, _filled), piece.AsSpan(4 + _filled), Associated(bound, last));
    }
}
