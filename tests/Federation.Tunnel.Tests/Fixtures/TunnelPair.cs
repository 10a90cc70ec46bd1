using Federation.Contracts.V1;
using Federation.Tunnel.Connections;

namespace Federation.Tunnel.Tests.Fixtures;

/// <summary>Both ends of a tunnel in memory.</summary>
internal sealed class TunnelPair : IAsyncDisposable
{
    private readonly LinkedStream _link;

    public TunnelPair(
        Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>>? agentAccepts = null,
        Func<TunnelOpen, CancellationToken, ValueTask<TunnelDecision>>? gatewayAccepts = null,
        TunnelOptions? options = null)
    {
        (_link, LinkedStream agent) = LinkedStream.Pair();
        Gateway = TunnelConnection.Start(_link, TunnelRole.Gateway, gatewayAccepts ?? Targets.RefuseAll, options);
        Agent = TunnelConnection.Start(agent, TunnelRole.Agent, agentAccepts ?? Targets.RefuseAll, options);
    }

    public TunnelConnection Gateway { get; }

    public TunnelConnection Agent { get; }

    public void Break() => _link.Break();

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Agent.DisposeAsync();
    }
}
