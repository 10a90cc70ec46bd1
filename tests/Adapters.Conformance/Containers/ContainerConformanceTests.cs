using Federation.TestKit.Engine;

[assembly: AssemblyFixture(typeof(SharedDockerEngine))]

namespace Adapters.Conformance.Containers;

/// <summary>The kit against the node adapter and containers of a real engine.</summary>
public sealed class ContainerConformanceTests(SharedDockerEngine shared) : AdapterConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await ContainersUnderTest.OpenAsync(await shared.GetAsync());
}
