using Xunit;

namespace Federation.TestKit.Engine;

/// <summary>One swarm for all the tests of a run that need no other, started by the first that asks for it.</summary>
public sealed class SharedSwarm : IAsyncDisposable
{
    private readonly object _gate = new();
    private Task<SwarmBed>? _bed;

    /// <summary>How many machines it has.</summary>
    public int Machines { get; init; } = 1;

    /// <summary>The swarm; the test that asks is skipped where there can be none.</summary>
    public Task<SwarmBed> GetAsync()
    {
        Assert.SkipUnless(SwarmBed.Missing is null, SwarmBed.Missing ?? "");
        lock (_gate) return _bed ??= SwarmBed.StartAsync(Machines);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_bed is not null) await (await _bed).DisposeAsync();
    }
}
