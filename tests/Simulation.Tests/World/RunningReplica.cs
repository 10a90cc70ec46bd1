using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;

namespace Simulation.Tests.World;

/// <summary>A process on a simulated machine.</summary>
/// <param name="record">What it was started with.</param>
/// <param name="readyAt">From when on it answers.</param>
public sealed class RunningReplica(ReplicaRecord record, long readyAt)
{
    public ReplicaRecord Record { get; } = record;

    public long ReadyAt { get; } = readyAt;

    public ReplicaEnd? Ended { get; set; }

    /// <summary>When it ended; null while it runs.</summary>
    public long? EndedAt { get; set; }

    /// <summary>When it was told to end.</summary>
    public long? StoppingSince { get; set; }
}
