using System.Threading.Channels;
using Federation.Contracts.V1;
using Federation.Grpc.Streams;
using Google.Protobuf;

namespace Federation.Tunnel.Tests.Fixtures;

/// <summary>One end of a message stream in memory: bounded, so that a slow peer is felt, and carrying bytes, as a network does.</summary>
internal sealed class LinkedStream : IMessageStream<TunnelFrame, TunnelFrame>
{
    private readonly Channel<byte[]> _incoming;
    private readonly Channel<byte[]> _outgoing;

    private LinkedStream(Channel<byte[]> incoming, Channel<byte[]> outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public static (LinkedStream Gateway, LinkedStream Agent) Pair()
    {
        Channel<byte[]> one = Channel.CreateBounded<byte[]>(64);
        Channel<byte[]> other = Channel.CreateBounded<byte[]>(64);
        return (new LinkedStream(one, other), new LinkedStream(other, one));
    }

    /// <summary>Cuts the connection, as a pulled cable and a passed timeout would.</summary>
    public void Break()
    {
        _incoming.Writer.TryComplete(new IOException("cut"));
        _outgoing.Writer.TryComplete(new IOException("cut"));
    }

    public async ValueTask SendAsync(TunnelFrame message, CancellationToken cancellationToken)
    {
        try
        {
            await _outgoing.Writer.WriteAsync(message.ToByteArray(), cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new StreamBrokenException("cut", e);
        }
    }

    public async ValueTask<(bool Received, TunnelFrame Message)> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _incoming.Reader.WaitToReadAsync(cancellationToken)
                ? (true, TunnelFrame.Parser.ParseFrom(await _incoming.Reader.ReadAsync(cancellationToken)))
                : (false, new TunnelFrame());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new StreamBrokenException("cut", e);
        }
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        _outgoing.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}
