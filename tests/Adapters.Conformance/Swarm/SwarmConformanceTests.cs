using Federation.TestKit.Engine;

[assembly: AssemblyFixture(typeof(SharedSwarm))]

namespace Adapters.Conformance.Swarm;

/// <summary>The kit against the Swarm adapter and a real swarm.</summary>
public sealed class SwarmConformanceTests(SharedSwarm shared) : AdapterConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await SwarmUnderTest.OpenAsync(await shared.GetAsync());
}
