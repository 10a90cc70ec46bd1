using Federation.Agent.Tunnels;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tables;
using Federation.Gateway.Tunnels;
using Federation.Grpc.Streams;
using Federation.Services.Tests.Health;
using Federation.TestKit.Time;
using Federation.Tunnel.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Services.Tests.Gateway;

/// <summary>Tunnels whose connection stands and in which nothing is said.</summary>
public class MuteTunnelTests
{
    private static readonly NodeKey Node = NodeKey.Parse("a/n1");

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task Agent_GatewayTakesTheCallAndNeverAnswers_DialsAgain()
    {
        var dialled = new MuteConnector();
        using var stop = new CancellationTokenSource();
        var loop = new TunnelLoop(dialled, static (_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse("no")), _time, new SeededChance(1), NullLogger.Instance);
        Task running = loop.RunAsync(stop.Token);

        await AdvanceUntilAsync(() => dialled.Count >= 2);
        Assert.False(loop.Connected);

        await stop.CancelAsync();
        await AdvanceUntilAsync(() => running.IsCompleted);
        await running;
    }

    [Fact]
    public async Task Gateway_NothingComesOutOfATunnel_GivesItUp()
    {
        var table = new GatewayTable(new SeededChance(1));
        var registry = new TunnelRegistry(table, _time, NullLogger<TunnelRegistry>.Instance);
        (MemoryMessageStream<TunnelFrame, TunnelFrame> here, _) = MemoryMessageStream<TunnelFrame, TunnelFrame>.Pair();
        Task serving = registry.ServeAsync(Node, here, static (_, _) => ValueTask.FromResult<TunnelDecision>(new TunnelDecision.Refuse("no")), CancellationToken.None);
        Assert.Equal([Node], registry.Nodes);

        await AdvanceUntilAsync(() => table.Reach(Node).Stalled);
        Assert.Equal([Node], registry.Nodes);
        await AdvanceUntilAsync(() => serving.IsCompleted);
        await serving;
        Assert.Empty(registry.Nodes);
        Assert.False(table.Reach(Node).Connected);
    }

    // In steps that a watch takes for time that passes, and not for a standstill of its own.
    private Task AdvanceUntilAsync(Func<bool> condition) => GatewayRig.WaitForAsync(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });

    private sealed class MuteConnector : IMessageConnector<TunnelFrame, TunnelFrame>
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Task<IMessageStream<TunnelFrame, TunnelFrame>> ConnectAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return Task.FromResult<IMessageStream<TunnelFrame, TunnelFrame>>(MemoryMessageStream<TunnelFrame, TunnelFrame>.Pair().Here);
        }
    }
}
