using Federation.TestKit.Engine;

namespace Adapters.Conformance.Containers;

/// <summary>The kit against the node adapter and containers of a real engine.</summary>
public sealed class ContainerOrderTests(SharedDockerEngine shared) : OrderConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await ContainersUnderTest.OpenAsync(await shared.GetAsync(), EngineWay.Socket);
}
