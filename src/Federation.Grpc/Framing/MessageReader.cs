using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Federation.Grpc.Status;
using Google.Protobuf;

namespace Federation.Grpc.Framing;

/// <summary>Takes framed messages off a pipe, parsing them from the pipe's own buffers.</summary>
/// <param name="pipe">Not completed by the reader.</param>
/// <param name="parser">Of the messages.</param>
/// <param name="maxSize">Larger messages are refused before they are buffered, also after decompression.</param>
/// <param name="encoding">The peer's <c>grpc-encoding</c>; must be one of <see cref="MessageEncoding"/>'s.</param>
internal sealed class MessageReader<T>(PipeReader pipe, MessageParser<T> parser, int maxSize, string? encoding)
    where T : class, IMessage<T>
{
    // Messages that arrived together are taken one by one from one read of the pipe: giving back and asking again costs more than parsing a small one.
    private ReadOnlySequence<byte> _rest;
    private bool _holding;

    /// <summary>The next message; false at the end of the stream. One call at a time.</summary>
    /// <exception cref="RpcException">The peer breaks the framing.</exception>
    public ValueTask<(bool Received, T Message)> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_holding)
            return ReadPipeAsync(cancellationToken);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<(bool, T)>(cancellationToken);
        Take(out T message);
        return ValueTask.FromResult((true, message));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(bool Received, T Message)> ReadPipeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            _rest = result.Buffer;
            _holding = true;
            if (Take(out T message))
                return (true, message);
            if (result.IsCanceled)
                throw new OperationCanceledException();
            if (!result.IsCompleted)
                continue;
            return result.Buffer.IsEmpty
                ? (false, default!)
                : throw new RpcException(StatusCode.Internal, "the stream ended inside a message");
        }
    }

    /// <summary>Takes the next message of what is held, and gives the pipe its memory back where no further one is whole.</summary>
    private bool Take(out T message)
    {
        bool more = false;
        try
        {
            bool parsed = TryParse(ref _rest, out message);
            more = parsed && HoldsMessage(_rest);
            return parsed;
        }
        finally
        {
            if (!more)
            {
                _holding = false;
                pipe.AdvanceTo(_rest.Start, _rest.End);
                _rest = default;
            }
        }
    }

    private static bool HoldsMessage(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < MessageWriter.PrefixLength)
            return false;
        Span<byte> prefix = stackalloc byte[MessageWriter.PrefixLength];
        buffer.Slice(0, MessageWriter.PrefixLength).CopyTo(prefix);
        return buffer.Length - MessageWriter.PrefixLength >= BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
    }

    private bool TryParse(ref ReadOnlySequence<byte> buffer, out T message)
    {
        message = default!;
        if (buffer.Length < MessageWriter.PrefixLength)
            return false;
        Span<byte> prefix = stackalloc byte[MessageWriter.PrefixLength];
        buffer.Slice(0, MessageWriter.PrefixLength).CopyTo(prefix);
        if (prefix[0] > 1)
            throw new RpcException(StatusCode.Internal, $"the message's first byte is {prefix[0]}; only 0 and 1 are defined");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > maxSize)
            throw new RpcException(StatusCode.ResourceExhausted, $"a message of {length} bytes is larger than the limit of {maxSize}");
        if (buffer.Length - MessageWriter.PrefixLength < length)
            return false;
        ReadOnlySequence<byte> body = buffer.Slice(MessageWriter.PrefixLength, length);
        if (prefix[0] == 1)
            body = Decompress(body);
        try
        {
            message = parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(StatusCode.Internal, $"the message is not a valid {typeof(T).Name}", e);
        }
        buffer = buffer.Slice(MessageWriter.PrefixLength + (long)length);
        return true;
    }

    private ReadOnlySequence<byte> Decompress(ReadOnlySequence<byte> body)
    {
        if (encoding is not MessageEncoding.Gzip)
            throw new RpcException(StatusCode.Internal, "a compressed message without grpc-encoding");
        using GZipStream gzip = new(new MemoryStream(body.ToArray(), writable: false), CompressionMode.Decompress);
        ArrayBufferWriter<byte> plain = new();
        try
        {
            while (true)
            {
                int read = gzip.Read(plain.GetSpan(4096));
                if (read == 0)
                    return new ReadOnlySequence<byte>(plain.WrittenMemory);
                plain.Advance(read);
                if (plain.WrittenCount > maxSize)
                    throw new RpcException(StatusCode.ResourceExhausted, $"a decompressed message is larger than the limit of {maxSize} bytes");
            }
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(StatusCode.Internal, "a compressed message is not valid gzip", e);
        }
    }
}
