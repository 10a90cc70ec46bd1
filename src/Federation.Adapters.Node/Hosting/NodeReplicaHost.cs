using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Node.Logs;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Node.Hosting;

/// <summary>
/// Runs a machine's replicas, each in its form: as a process, or as a container where there is an engine. A template with both forms runs as a process,
/// so that an engine which comes or goes changes nothing about it.
/// </summary>
/// <param name="processes">Runs processes.</param>
/// <param name="containers">Runs containers; null if this node is to run none.</param>
public sealed class NodeReplicaHost(ProcessReplicaHost processes, ContainerReplicaHost? containers) : IReplicaHost
{
    // What either form must enforce before the node as a whole may say that it does.
    private static readonly string[] EnforcedByBoth = [Capability.MemoryLimit, Capability.CpuLimit];

    private (HostFacts Containers, HostFacts All)? _facts;

    /// <inheritdoc/>
    public HostFacts Facts
    {
        get
        {
            if (containers is not { IsPresent: true }) return processes.Facts;
            HostFacts theirs = containers.Facts;
            if (_facts is { } known && ReferenceEquals(known.Containers, theirs)) return known.All;
            string[] all =
            [
                .. processes.Facts.Capabilities.Where(name => !EnforcedByBoth.Contains(name) || theirs.Capabilities.Contains(name)),
                .. theirs.Capabilities.Where(static name => !EnforcedByBoth.Contains(name)),
            ];
            var facts = new HostFacts(all, processes.Facts.BootId);
            _facts = (theirs, facts);
            return facts;
        }
    }

    /// <summary>What replicas have written.</summary>
    public ReplicaLogs Logs => processes.Logs;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HostedReplica>> AdoptAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<HostedReplica> found = await processes.AdoptAsync(cancellationToken);
        return containers is null ? found : [.. found, .. await containers.AdoptAsync(cancellationToken)];
    }

    /// <inheritdoc/>
    public Task<ReplicaStart> StartAsync(ReplicaLaunch launch, CancellationToken cancellationToken)
    {
        if (!launch.Record.IsContainer) return processes.StartAsync(launch, cancellationToken);
        return containers?.StartAsync(launch, cancellationToken)
            ?? Task.FromResult<ReplicaStart>(new ReplicaStart.Refused("this node runs no containers: its agent was told to use no engine"));
    }

    /// <inheritdoc/>
    public void Signal(ReplicaId replica, StopSignal signal) => Of(replica).Signal(replica, signal);

    /// <inheritdoc/>
    public bool HasBegun(ReplicaId replica) => Of(replica).HasBegun(replica);

    /// <inheritdoc/>
    public bool StandsStill(ReplicaId replica) => Of(replica).StandsStill(replica);

    /// <inheritdoc/>
    public IReadOnlyList<ReplicaEnd> Poll()
    {
        IReadOnlyList<ReplicaEnd> ends = processes.Poll();
        return containers?.Poll() is { Count: > 0 } more ? [.. ends, .. more] : ends;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(ReplicaId replica, CancellationToken cancellationToken)
    {
        // After a reboot nobody knows any more in which form it ran.
        if (containers is not null) await containers.RemoveAsync(replica, cancellationToken);
        await processes.RemoveAsync(replica, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ProbeOutcome> ProbeAsync(ReplicaRecord replica, CancellationToken cancellationToken) => Of(replica.Id).ProbeAsync(replica, cancellationToken);

    /// <inheritdoc/>
    public bool IsPortFree(int port) => processes.IsPortFree(port);

    /// <inheritdoc/>
    public void AllowSingletonsFor(TimeSpan remaining) => processes.AllowSingletonsFor(remaining);

    /// <summary>Runs a command beside a running replica; null if it does not run.</summary>
    /// <exception cref="IOException">The system or the engine refused.</exception>
    public async Task<IReplicaCommand?> RunCommandAsync(ReplicaId replica, IReadOnlyList<string> command, CommandTerminal? terminal, bool input, CancellationToken cancellationToken) =>
        IsContainer(replica)
            ? await containers!.RunCommandAsync(replica, command, terminal, input, cancellationToken)
            : processes.RunCommand(replica, command, terminal, input);

    /// <summary>Brings up to date what <see cref="UsageOf"/> says of containers.</summary>
    public Task RefreshUsageAsync(CancellationToken cancellationToken) => containers?.RefreshUsageAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>What a running replica uses: a process now, a container when that was last brought up to date.</summary>
    public ReplicaUsage UsageOf(ReplicaId replica) => IsContainer(replica) ? containers!.UsageOf(replica) : processes.UsageOf(replica);

    /// <summary>Whether the processor time of the replica is counted.</summary>
    public bool CountsCpuOf(ReplicaId replica) => IsContainer(replica) || processes.CountsCpu;

    /// <summary>Whether the memory of the replica is counted.</summary>
    public bool CountsMemoryOf(ReplicaId replica) => IsContainer(replica) || processes.CountsMemory;

    /// <summary>The most memory a replica may use, in bytes; null without a limit.</summary>
    public long? MemoryLimitOf(ReplicaId replica) => IsContainer(replica) ? containers!.MemoryLimitOf(replica) : processes.MemoryLimitOf(replica);

    private bool IsContainer(ReplicaId replica) => containers?.Knows(replica) ?? false;

    private IReplicaHost Of(ReplicaId replica) => IsContainer(replica) ? containers! : processes;
}
