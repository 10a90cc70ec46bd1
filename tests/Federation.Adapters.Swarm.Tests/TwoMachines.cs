using Federation.Adapters.Swarm.Tests;
using Federation.TestKit.Engine;

[assembly: AssemblyFixture(typeof(TwoMachines))]

// These tests mostly wait: for a swarm, and for programs to start and end.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Federation.Adapters.Swarm.Tests;

/// <summary>A swarm of a manager and a worker.</summary>
public sealed class TwoMachines : IAsyncDisposable
{
    private readonly SharedSwarm _swarm = new() { Machines = 2 };

    public Task<SwarmBed> GetAsync() => _swarm.GetAsync();

    public ValueTask DisposeAsync() => _swarm.DisposeAsync();
}
