using System.Threading.Channels;
using Federation.Grpc.Streams;

namespace Federation.Services.Tests.Health;

/// <summary>Two ends of a duplex stream in memory.</summary>
internal sealed class MemoryMessageStream<TOut, TIn>(ChannelWriter<TOut> output, ChannelReader<TIn> input, Action cut) : IMessageStream<TOut, TIn>
{
    public ValueTask SendAsync(TOut message, CancellationToken cancellationToken) =>
        output.TryWrite(message) ? ValueTask.CompletedTask : throw new StreamBrokenException("cut");

    public async ValueTask<(bool Received, TIn Message)> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await input.WaitToReadAsync(cancellationToken) && input.TryRead(out TIn? message) ? (true, message) : (false, default!);
        }
        catch (ChannelClosedException e)
        {
            throw new StreamBrokenException("cut", e);
        }
        catch (IOException e) when (e is not StreamBrokenException)
        {
            throw new StreamBrokenException("cut", e);
        }
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        output.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <summary>The connection breaks, for both ends.</summary>
    public void Cut() => cut();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static (MemoryMessageStream<TOut, TIn> Here, MemoryMessageStream<TIn, TOut> There) Pair()
    {
        Channel<TOut> out1 = Channel.CreateUnbounded<TOut>();
        Channel<TIn> in1 = Channel.CreateUnbounded<TIn>();
        void Break()
        {
            out1.Writer.TryComplete(new IOException("cut"));
            in1.Writer.TryComplete(new IOException("cut"));
        }
        return (new(out1.Writer, in1.Reader, Break), new(in1.Writer, out1.Reader, Break));
    }
}
