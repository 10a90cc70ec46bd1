using Federation.Grpc.Streams;
using Google.Protobuf;
using Simulation.Tests.Engine;

namespace Simulation.Tests.Network;

/// <summary>One end of a simulated connection, with the contract of <see cref="IMessageStream{TOut,TIn}"/>.</summary>
internal sealed class SimulatedStream<TOut, TIn>(SimulatedNetwork network, Connection connection, SimulatedProcess owner, bool isClient) : IMessageStream<TOut, TIn>, IReceiver
    where TOut : class, IMessage<TOut> where TIn : class, IMessage<TIn>
{
    private readonly Queue<TIn?> _arrived = new();
    private readonly EarlierVersion? _earlier = network.RunsEarlierVersion(owner.Name) ? new EarlierVersion() : null;
    private TaskCompletionSource? _waiting;
    private string? _lost;

    public ValueTask SendAsync(TOut message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_lost is not null || connection.Broken) throw new StreamBrokenException(_lost ?? "the connection is broken");
        // What was handed over is the receiver's: neither side may change the other's copy.
        if (owner.Alive)
        {
            TOut mine = message.Clone();
            _earlier?.Say(mine);
            foreach (IMessage told in network.Told(owner.Name, connection.PeerOf(isClient), mine)) connection.Send(isClient, told);
        }
        return ValueTask.CompletedTask;
    }

    public async ValueTask<(bool Received, TIn Message)> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_arrived.TryDequeue(out TIn? message)) return message is null ? (false, null!) : (true, message);
            if (_lost is not null) throw new StreamBrokenException(_lost);
            _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (cancellationToken.Register(static state => ((TaskCompletionSource)state!).TrySetResult(), _waiting))
                await _waiting.Task;
        }
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (owner.Alive) connection.Send(isClient, null);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (owner.Alive) connection.Break("the peer closed the stream", TimeSpan.Zero);
        return ValueTask.CompletedTask;
    }

    public void Arrived(object? message)
    {
        if (message is IMessage known) _earlier?.Hear(known);
        _arrived.Enqueue((TIn?)message);
        _waiting?.TrySetResult();
    }

    public void Lost(string reason)
    {
        _lost ??= reason;
        _waiting?.TrySetResult();
    }
}
