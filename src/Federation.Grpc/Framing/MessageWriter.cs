using System.Buffers;
using System.Buffers.Binary;
using Federation.Grpc.Status;
using Google.Protobuf;

namespace Federation.Grpc.Framing;

/// <summary>Frames messages: a byte that says "not compressed", four bytes of length, the message.</summary>
internal static class MessageWriter
{
    public const int PrefixLength = 5;

    public static int Write(IBufferWriter<byte> output, IMessage message, int maxSize)
    {
        int size = message.CalculateSize();
        if (size > maxSize)
            throw new RpcException(StatusCode.ResourceExhausted, $"a message of {size} bytes is larger than the limit of {maxSize} for sending");
        Span<byte> prefix = output.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], size);
        output.Advance(PrefixLength);
        message.WriteTo(output);
        return PrefixLength + size;
    }
}
