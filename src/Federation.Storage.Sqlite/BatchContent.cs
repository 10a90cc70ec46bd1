using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Federation.Storage.Sqlite;

/// <summary>
/// The stored form of one commit group: change after change, each of revision, revision of creation (0 for a deletion), and the lengths and bytes of
/// kind, key and body; integers little-endian.
/// </summary>
internal static class BatchContent
{
    private const int HeaderBytes = 28;

    public static void Write(ArrayBufferWriter<byte> output, IReadOnlyList<StoreChange> changes)
    {
        foreach (var change in changes)
        {
            var body = change.Document?.Body ?? default;
            int kindMax = Encoding.UTF8.GetMaxByteCount(change.Key.Kind.Length), keyMax = Encoding.UTF8.GetMaxByteCount(change.Key.Key.Length);
            var span = output.GetSpan(HeaderBytes + kindMax + keyMax + body.Length);
            int kind = Encoding.UTF8.GetBytes(change.Key.Kind, span[HeaderBytes..]);
            int key = Encoding.UTF8.GetBytes(change.Key.Key, span[(HeaderBytes + kind)..]);
            body.Span.CopyTo(span[(HeaderBytes + kind + key)..]);
            BinaryPrimitives.WriteInt64LittleEndian(span, change.Revision);
            BinaryPrimitives.WriteInt64LittleEndian(span[8..], change.Document?.CreatedRevision ?? 0);
            BinaryPrimitives.WriteInt32LittleEndian(span[16..], kind);
            BinaryPrimitives.WriteInt32LittleEndian(span[20..], key);
            BinaryPrimitives.WriteInt32LittleEndian(span[24..], body.Length);
            output.Advance(HeaderBytes + kind + key + body.Length);
        }
    }

    /// <exception cref="InvalidDataException">The content is not of this form.</exception>
    public static IEnumerable<StoreChange> Read(ReadOnlyMemory<byte> content)
    {
        while (!content.IsEmpty)
        {
            yield return ReadOne(content.Span, out int length);
            content = content[length..];
        }
    }

    private static StoreChange ReadOne(ReadOnlySpan<byte> content, out int length)
    {
        if (content.Length < HeaderBytes) throw new InvalidDataException("a batch ends inside a change");
        long revision = BinaryPrimitives.ReadInt64LittleEndian(content), created = BinaryPrimitives.ReadInt64LittleEndian(content[8..]);
        int kindLength = BinaryPrimitives.ReadInt32LittleEndian(content[16..]), keyLength = BinaryPrimitives.ReadInt32LittleEndian(content[20..]), bodyLength = BinaryPrimitives.ReadInt32LittleEndian(content[24..]);
        if (kindLength <= 0 || keyLength <= 0 || bodyLength < 0 || created < 0 || created > revision || (long)HeaderBytes + kindLength + keyLength + bodyLength > content.Length)
            throw new InvalidDataException("a batch holds a change that no store wrote");
        length = HeaderBytes + kindLength + keyLength + bodyLength;
        var key = new DocumentKey(Encoding.UTF8.GetString(content.Slice(HeaderBytes, kindLength)), Encoding.UTF8.GetString(content.Slice(HeaderBytes + kindLength, keyLength)));
        var document = created == 0 ? null : new StoredDocument(key, revision, created, content.Slice(length - bodyLength, bodyLength).ToArray());
        return new(key, revision, document, null);
    }
}
