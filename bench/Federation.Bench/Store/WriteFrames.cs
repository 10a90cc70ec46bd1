using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Federation.Bench.Store;

/// <summary>
/// The write stream's form. A write: slot, length of key, length of value, key, value. Its answer: slot, revision.
/// The slot is the writer's; a writer has one write under way.
/// </summary>
internal static class WriteFrames
{
    public const int AnswerBytes = 12;
    private const int HeaderBytes = 12;

    public static void Append(IBufferWriter<byte> output, int slot, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        int size = HeaderBytes + key.Length + value.Length;
        var span = output.GetSpan(size);
        BinaryPrimitives.WriteInt32LittleEndian(span, slot);
        BinaryPrimitives.WriteInt32LittleEndian(span[4..], key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(span[8..], value.Length);
        key.CopyTo(span[HeaderBytes..]);
        value.CopyTo(span[(HeaderBytes + key.Length)..]);
        output.Advance(size);
    }

    public static bool TryRead(ref ReadOnlySequence<byte> input, out int slot, out string key, out byte[] value)
    {
        (slot, key, value) = (0, "", []);
        if (input.Length < HeaderBytes) return false;
        Span<byte> header = stackalloc byte[HeaderBytes];
        input.Slice(0, HeaderBytes).CopyTo(header);
        int keyLength = BinaryPrimitives.ReadInt32LittleEndian(header[4..]), valueLength = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (input.Length < HeaderBytes + keyLength + valueLength) return false;
        slot = BinaryPrimitives.ReadInt32LittleEndian(header);
        key = EncodingExtensions.GetString(Encoding.UTF8, input.Slice(HeaderBytes, keyLength));
        value = input.Slice(HeaderBytes + keyLength, valueLength).ToArray();
        input = input.Slice(HeaderBytes + keyLength + valueLength);
        return true;
    }

    public static void AppendAnswer(IBufferWriter<byte> output, int slot, long revision)
    {
        var span = output.GetSpan(AnswerBytes);
        BinaryPrimitives.WriteInt32LittleEndian(span, slot);
        BinaryPrimitives.WriteInt64LittleEndian(span[4..], revision);
        output.Advance(AnswerBytes);
    }

    public static bool TryReadAnswer(ref ReadOnlySequence<byte> input, out int slot, out long revision)
    {
        (slot, revision) = (0, 0);
        if (input.Length < AnswerBytes) return false;
        Span<byte> answer = stackalloc byte[AnswerBytes];
        input.Slice(0, AnswerBytes).CopyTo(answer);
        slot = BinaryPrimitives.ReadInt32LittleEndian(answer);
        revision = BinaryPrimitives.ReadInt64LittleEndian(answer[4..]);
        input = input.Slice(AnswerBytes);
        return true;
    }
}
