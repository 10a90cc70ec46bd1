using EndToEnd.Tests.Machine;
using EndToEnd.Tests.Planes;
using Federation.TestKit.Engine;

namespace EndToEnd.Tests.Swarm;

/// <summary>A plane with its sample clusters, and a real swarm beside it that it does not know yet.</summary>
public sealed class SwarmWorld : IAsyncLifetime
{
    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Missing => SwarmBed.Missing;

    internal RunningPlane Plane { get; } = new();

    internal SwarmBed Bed { get; private set; } = null!;

    /// <summary>The swarm's agent, once it was started.</summary>
    internal int? Agent { get; set; }

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        Task<SwarmBed> bed = SwarmBed.StartAsync();
        await Plane.InitializeAsync();
        Bed = await bed;
    }

    public async ValueTask DisposeAsync()
    {
        if (Missing is not null) return;
        if (Agent is { } agent) Signals.TryKill(agent);
        await Bed.DisposeAsync();
        await Plane.DisposeAsync();
    }
}
