using Federation.TestKit.Engine;

namespace Adapters.Conformance.Containers;

/// <summary>
/// The kit against the node adapter and containers of a real engine that is asked over TCP with mutual TLS. Ends alone: they take every kind of call (requests, the stream of events, output that is
/// followed), and all of them are broken off once. The rest is the reconciler's, whatever the way, and the client's own tests ask for all that there is on both ways.
/// </summary>
public sealed class ContainerOverTcpEndTests(SharedDockerEngine shared) : EndConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await ContainersUnderTest.OpenAsync(await shared.GetAsync(), EngineWay.Tcp);
}
