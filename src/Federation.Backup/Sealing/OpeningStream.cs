using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Federation.Backup.Sealing;

/// <summary>Opens what a <see cref="SealingStream"/> sealed, piece by piece: nothing is handed out that was not checked.</summary>
internal sealed class OpeningStream(Stream input, string path, byte[] key, byte[] bound) : Stream
{
    private readonly AesGcm _cipher = new(key, SealedFile.TagBytes);
    private byte[] _piece = [];
    private int _read;
    private long _number;
    private bool _last;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_read == _piece.Length)
        {
            if (_last) return 0;
            await OpenAsync(cancellationToken);
        }
        int taken = Math.Min(buffer.Length, _piece.Length - _read);
        _piece.AsMemory(_read, taken).CopyTo(buffer);
        _read += taken;
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously alone");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_piece);
        base.Dispose(disposing);
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        byte[] head = new byte[4];
        byte[] body;
        try
        {
            await input.ReadExactlyAsync(head, cancellationToken);
            int length = BinaryPrimitives.ReadInt32LittleEndian(head);
            _last = length < 0;
            if (_last) length = -(length + 1);
            if (length > SealedFile.PieceBytes) throw new BackupException($"{path} was changed, or is sealed with another key: nothing of it is used");
            body = new byte[length + SealedFile.TagBytes];
            await input.ReadExactlyAsync(body, cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new BackupException($"{path} is cut off: it ends before its last piece", "use another copy of it", e);
        }
        _piece = Open(body);
        _read = 0;
        _number++;
        if (_last && await input.ReadAsync(head.AsMemory(0, 1), cancellationToken) != 0) throw new BackupException($"{path} goes on behind its last piece: it was changed");
    }

    private byte[] Open(byte[] body)
    {
        byte[] piece = new byte[body.Length - SealedFile.TagBytes];
        Span<byte> nonce = stackalloc byte[SealedFile.NonceBytes];
        SealingStream.Nonce(nonce, _number);
        try
        {
            _cipher.Decrypt(nonce, body.AsSpan(0, piece.Length), body.AsSpan(piece.Length), piece, SealingStream.Associated(bound, _last));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new BackupException($"{path} was changed, or is sealed with another key: nothing of it is used", null, e);
        }
        return piece;
    }
}
