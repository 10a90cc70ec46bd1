using Federation.TestKit.Engine;

namespace Federation.Adapters.Swarm.Tests;

/// <summary>A swarm of a manager and a worker.</summary>
public sealed class TwoMachines : IAsyncDisposable
{
    private readonly SharedSwarm _swarm = new() { Machines = 2 };

    public Task<SwarmBed> GetAsync() => _swarm.GetAsync();

    public ValueTask DisposeAsync() => _swarm.DisposeAsync();
}
