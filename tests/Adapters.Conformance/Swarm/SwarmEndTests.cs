using Federation.TestKit.Engine;

namespace Adapters.Conformance.Swarm;

/// <summary>The kit against the Swarm adapter beside a manager of a real swarm, whose socket it asks.</summary>
public sealed class SwarmEndTests(SharedSwarm shared) : EndConformance
{
    protected override async Task<AdapterUnderTest> OpenAsync() => await SwarmUnderTest.OpenAsync(await shared.GetAsync(), EngineWay.Socket);
}
