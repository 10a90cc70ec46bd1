using Federation.TestKit.Engine;

namespace Adapters.Conformance.Containers;

/// <summary>The kit against the node adapter and containers of a real engine.</summary>
public sealed class ContainerEndTests(SharedDockerEngine shared) : EndConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await ContainersUnderTest.OpenAsync(await shared.GetAsync(), EngineWay.Socket);
}
