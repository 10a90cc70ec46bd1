using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Domain.Json;

namespace Federation.Storage;

/// <summary>
/// All documents of a store at one revision, and their form on the way: a head, the documents, an end with their number and digest. Taken from an
/// immutable snapshot, so that the store goes on meanwhile, and a copy that broke off is told from a whole one.
/// </summary>
/// <param name="Head">What it is of.</param>
/// <param name="Documents">Every document, in ordinal order of kind, then key.</param>
/// <param name="Digest">SHA-256 over the documents as they were sent.</param>
public sealed record StoreCopy(StoreCopyHead Head, IReadOnlyList<StoredDocument> Documents, string Digest)
{
    /// <summary>The form that is written; others are refused.</summary>
    public const int Format = 1;

    private const byte HeadPiece = 1;
    private const byte DocumentPiece = 2;
    private const byte EndPiece = 3;
    private const int PieceHeader = 5;
    private const int DocumentHeader = 24;
    private const int MaxPiece = IStore.MaxDocumentBytes + 64 * 1024;

    /// <summary>Writes a copy of the store as it is now.</summary>
    public static async Task WriteAsync(Stream output, string name, IStore store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        IStoreSnapshot snapshot = store.Current;
        await WriteAsync(output, new StoreCopyHead(name, store.Incarnation, store.Term, snapshot.Revision, Format), snapshot.All(), cancellationToken);
    }

    /// <summary>Writes these documents; returns their digest.</summary>
    public static async Task<string> WriteAsync(Stream output, StoreCopyHead head, IEnumerable<StoredDocument> documents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(documents);
        var buffer = new ArrayBufferWriter<byte>(256 * 1024);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Piece(buffer, HeadPiece, JsonSerializer.SerializeToUtf8Bytes(head, DomainJson.Options));
        long count = 0;
        foreach (StoredDocument document in documents)
        {
            byte[] content = Encode(document);
            Piece(buffer, DocumentPiece, content);
            digest.AppendData(content);
            count++;
            if (buffer.WrittenCount < 128 * 1024) continue;
            await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
        }
        string hash = Convert.ToHexStringLower(digest.GetHashAndReset());
        Piece(buffer, EndPiece, JsonSerializer.SerializeToUtf8Bytes(new End(count, hash), DomainJson.Options));
        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        return hash;
    }

    /// <summary>Reads a copy to its end, and not further.</summary>
    /// <exception cref="InvalidDataException">It broke off, was changed, or is of another form; the message says which.</exception>
    public static async Task<StoreCopy> ReadAsync(Stream input, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        (byte kind, byte[] content) = await PieceAsync(input, cancellationToken);
        if (kind != HeadPiece) throw new InvalidDataException("this is no copy of a store");
        StoreCopyHead head = Read<StoreCopyHead>(content);
        if (head.Format != Format) throw new InvalidDataException($"the copy of {head.Store} has form {head.Format}; this program knows form {Format}: use the one that wrote it");
        var documents = new List<StoredDocument>();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            (kind, content) = await PieceAsync(input, cancellationToken);
            if (kind == DocumentPiece)
            {
                digest.AppendData(content);
                StoredDocument document = Decode(content, head);
                if (documents.Count > 0 && documents[^1].Key.CompareTo(document.Key) >= 0) throw new InvalidDataException($"the copy of {head.Store} is out of order at {document.Key}");
                documents.Add(document);
                continue;
            }
            if (kind != EndPiece) throw new InvalidDataException($"the copy of {head.Store} holds what no store writes");
            End end = Read<End>(content);
            string hash = Convert.ToHexStringLower(digest.GetHashAndReset());
            if (end.Documents != documents.Count || end.Digest != hash)
                throw new InvalidDataException($"the copy of {head.Store} is not what was sent: {documents.Count} documents of {end.Documents}, or their digest differs");
            return new(head, documents, hash);
        }
    }

    /// <summary>The document at a key; null if there is none.</summary>
    public StoredDocument? Find(DocumentKey key)
    {
        int low = 0, high = Documents.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = Documents[middle].Key.CompareTo(key);
            if (order == 0) return Documents[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    /// <summary>The documents of a kind.</summary>
    public IEnumerable<StoredDocument> Of(string kind) => Documents.Where(document => document.Key.Kind == kind);

    private static void Piece(ArrayBufferWriter<byte> buffer, byte kind, ReadOnlySpan<byte> content)
    {
        Span<byte> span = buffer.GetSpan(PieceHeader + content.Length);
        span[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], content.Length);
        content.CopyTo(span[PieceHeader..]);
        buffer.Advance(PieceHeader + content.Length);
    }

    private static async Task<(byte Kind, byte[] Content)> PieceAsync(Stream input, CancellationToken cancellationToken)
    {
        byte[] header = new byte[PieceHeader];
        byte[] content;
        try
        {
            await input.ReadExactlyAsync(header, cancellationToken);
            int length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
            if (length is < 0 or > MaxPiece) throw new InvalidDataException("this is no copy of a store");
            content = new byte[length];
            await input.ReadExactlyAsync(content, cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("the copy of a store broke off before its end", e);
        }
        return (header[0], content);
    }

    private static byte[] Encode(StoredDocument document)
    {
        byte[] kind = Encoding.UTF8.GetBytes(document.Key.Kind), key = Encoding.UTF8.GetBytes(document.Key.Key);
        byte[] content = new byte[DocumentHeader + kind.Length + key.Length + document.Body.Length];
        BinaryPrimitives.WriteInt64LittleEndian(content, document.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(8), document.CreatedRevision);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(16), kind.Length);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(20), key.Length);
        kind.CopyTo(content, DocumentHeader);
        key.CopyTo(content, DocumentHeader + kind.Length);
        document.Body.Span.CopyTo(content.AsSpan(DocumentHeader + kind.Length + key.Length));
        return content;
    }

    private static StoredDocument Decode(byte[] content, StoreCopyHead head)
    {
        if (content.Length < DocumentHeader) throw new InvalidDataException($"the copy of {head.Store} holds a document that no store wrote");
        long revision = BinaryPrimitives.ReadInt64LittleEndian(content), created = BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(8));
        int kind = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(16)), key = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(20));
        if (kind <= 0 || key <= 0 || (long)DocumentHeader + kind + key > content.Length || created < 1 || created > revision || revision > head.Revision)
            throw new InvalidDataException($"the copy of {head.Store} holds a document that no store wrote");
        return new(
            new(Encoding.UTF8.GetString(content, DocumentHeader, kind), Encoding.UTF8.GetString(content, DocumentHeader + kind, key)),
            revision, created, content.AsMemory(DocumentHeader + kind + key));
    }

    private static T Read<T>(byte[] content) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(content, DomainJson.Options) ?? throw new InvalidDataException("this is no copy of a store");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("this is no copy of a store", e);
        }
    }

    private sealed record End(long Documents, string Digest);
}
