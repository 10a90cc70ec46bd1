using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Hosting;

/// <summary>
/// Runs replicas on one machine: the seam between the agent's decisions and its processes. What it runs outlives the agent.
/// Called by one caller at a time, but for <see cref="ProbeAsync"/>, of which many may overlap each other and all the rest.
/// </summary>
public interface IReplicaHost
{
    /// <summary>What this host is; another record once that has changed.</summary>
    HostFacts Facts { get; }

    /// <summary>Finds what carries our marks, running or ended, whoever started it; from then on its ends are polled. Called once, first of all.</summary>
    Task<IReadOnlyList<HostedReplica>> AdoptAsync(CancellationToken cancellationToken);

    /// <summary>Starts a replica's process, after making sure that none of its earlier ones is left. A failure of the program itself is an end, not a refusal.</summary>
    Task<ReplicaStart> StartAsync(ReplicaLaunch launch, CancellationToken cancellationToken);

    /// <summary>Signals a replica; without effect if it has ended. <see cref="StopSignal.Kill"/> reaches every process that it started.</summary>
    void Signal(ReplicaId replica, StopSignal signal);

    /// <summary>Whether the replica's own process is there: its time to become ready counts from then on, and what has no health check is ready a little after.</summary>
    bool HasBegun(ReplicaId replica) => true;

    /// <summary>Whether the replica's process was stopped by a signal and not told to go on: it is there, and answers nothing.</summary>
    bool StandsStill(ReplicaId replica) => false;

    /// <summary>Says whom to tell that an end may wait to be polled, from any thread. A host that cannot tell leaves it to the next poll.</summary>
    void TellOfEnds(Action ended)
    {
    }

    /// <summary>The ends since the last call, each told once. Never waits.</summary>
    IReadOnlyList<ReplicaEnd> Poll();

    /// <summary>Removes what an ended replica left: folders, files in memory, control groups. Its output stays for a while. Idempotent.</summary>
    Task RemoveAsync(ReplicaId replica, CancellationToken cancellationToken);

    /// <summary>Asks a running replica whether it is well, within the check's time limit. Never throws but for cancellation.</summary>
    Task<ProbeOutcome> ProbeAsync(ReplicaRecord replica, CancellationToken cancellationToken);

    /// <summary>Whether a program could listen on the loopback port now.</summary>
    bool IsPortFree(int port);

    /// <summary>
    /// Says how long singletons may run on, counted from now. When it is over the host ends them by itself, even if the agent is dead.
    /// Zero ends them now. Before the first call none is allowed.
    /// </summary>
    void AllowSingletonsFor(TimeSpan remaining);
}
