using Federation.TestKit.Engine;

namespace Adapters.Conformance.Swarm;

/// <summary>The kit against the Swarm adapter where the plane runs, which asks a manager of the same swarm over TCP with mutual TLS.</summary>
public sealed class SwarmOverTcpRevisionTests(SharedSwarm shared) : RevisionConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await SwarmUnderTest.OpenAsync(await shared.GetAsync(), EngineWay.Tcp);
}
