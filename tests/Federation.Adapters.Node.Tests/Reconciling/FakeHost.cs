using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Node.Tests.Reconciling;

/// <summary>Replicas that live as long as a test says; survives the reconcilers that use it, as processes do.</summary>
internal sealed class FakeHost : IReplicaHost
{
    private readonly List<ReplicaEnd> _ends = [];

    public HostFacts Facts { get; set; } = new(["process", "fencing", "volumes"], "boot");

    public SortedDictionary<ReplicaId, ReplicaRecord> Running { get; } = [];

    public List<(ReplicaId Id, int Attempt)> Starts { get; } = [];

    public List<(ReplicaId Id, StopSignal Signal)> Signals { get; } = [];

    public HashSet<ReplicaId> Removed { get; } = [];

    public HashSet<int> TakenPorts { get; } = [];

    /// <summary>Whether a replica answers its check.</summary>
    public Func<ReplicaRecord, bool> Healthy { get; set; } = static _ => true;

    /// <summary>Why a start is refused; null to allow it.</summary>
    public Func<ReplicaRecord, string?> Refuse { get; set; } = static _ => null;

    /// <summary>Replicas whose process is stopped by a signal.</summary>
    public HashSet<ReplicaId> Stopped { get; } = [];

    public bool StubbornToTerminate { get; set; }

    public TimeSpan? Allowed { get; private set; }

    public Task<IReadOnlyList<HostedReplica>> AdoptAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<HostedReplica>>([.. Running.Values.Select(static record => new HostedReplica(record, null))]);

    public Task<ReplicaStart> StartAsync(ReplicaLaunch launch, CancellationToken cancellationToken)
    {
        if (Refuse(launch.Record) is { } reason) return Task.FromResult<ReplicaStart>(new ReplicaStart.Refused(reason));
        Assert.DoesNotContain(launch.Record.Id, Running.Keys);
        Running[launch.Record.Id] = launch.Record;
        Starts.Add((launch.Record.Id, launch.Record.Attempt));
        return Task.FromResult<ReplicaStart>(ReplicaStart.Started.Instance);
    }

    public void Signal(ReplicaId replica, StopSignal signal)
    {
        Signals.Add((replica, signal));
        if (signal == StopSignal.Kill || !StubbornToTerminate) End(replica, null, $"killed by signal {(signal == StopSignal.Kill ? 9 : 15)}");
    }

    public void End(ReplicaId replica, int? code, string? description = null, bool fenced = false)
    {
        if (Running.Remove(replica, out ReplicaRecord? record)) _ends.Add(new ReplicaEnd(replica, record.Attempt, code, description ?? $"exit code {code}", Fenced: fenced));
    }

    public bool StandsStill(ReplicaId replica) => Stopped.Contains(replica);

    public IReadOnlyList<ReplicaEnd> Poll()
    {
        ReplicaEnd[] ends = [.. _ends];
        _ends.Clear();
        return ends;
    }

    public Task RemoveAsync(ReplicaId replica, CancellationToken cancellationToken)
    {
        Assert.DoesNotContain(replica, Running.Keys);
        Removed.Add(replica);
        return Task.CompletedTask;
    }

    public Task<ProbeOutcome> ProbeAsync(ReplicaRecord replica, CancellationToken cancellationToken) =>
        Task.FromResult(Healthy(replica) ? ProbeOutcome.Passed : new ProbeOutcome(false, "it says no"));

    public bool IsPortFree(int port) => !TakenPorts.Contains(port);

    public void AllowSingletonsFor(TimeSpan remaining) => Allowed = remaining;
}
