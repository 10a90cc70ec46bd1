using Federation.Adapters;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Journal;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Simulation.Tests.Engine;

namespace Simulation.Tests.World;

/// <summary>
/// One machine: what its agent kept on disk and the processes that run, which outlive the agent. The truth that invariants are checked
/// against; the watchdog of singletons runs here, not in the agent.
/// </summary>
public sealed class SimulatedMachine
{
    private readonly Simulator _simulator;
    private readonly SortedDictionary<ReplicaId, RunningReplica> _replicas = [];
    private readonly SortedDictionary<AssignmentId, DesiredAssignment> _desired = [];
    private readonly SortedDictionary<ReplicaId, ReplicaRecord> _records = [];
    private readonly Queue<ReplicaEnd> _ends = new();
    private long _term;
    private long _revision;
    private long _singletonsUntil = long.MinValue;
    private ITimer? _watchdog;
    private int _boots;
    private readonly List<RunningReplica> _past = [];
    private readonly Dictionary<AssignmentId, List<(long Since, DesiredAssignment? Desired)>> _orders = [];

    public SimulatedMachine(Simulator simulator, NodeKey key, ResourceAmount allocatable)
    {
        _simulator = simulator;
        Key = key;
        Allocatable = allocatable;
    }

    public NodeKey Key { get; }

    public ResourceAmount Allocatable { get; }

    /// <summary>The host's name on the network.</summary>
    public string HostName => $"node-{Key.Cluster}-{Key.Node}";

    /// <summary>The agent, while one runs.</summary>
    public SimulatedProcess? Agent { get; set; }

    /// <summary>What runs now.</summary>
    public IEnumerable<RunningReplica> Running => _replicas.Values.Where(replica => replica.Ended is null);

    /// <summary>The agent's disk has no room: nothing more is kept.</summary>
    public bool DiskFull { get; set; }

    /// <summary>Since when the agent runs without a break or a pause.</summary>
    public long AgentSteadySince { get; set; }

    /// <summary>What the agent durably holds of an order, and held since a moment: nulls where it held none.</summary>
    public IEnumerable<(long Since, DesiredAssignment? Desired)> OrdersSince(AssignmentId id, long moment)
    {
        if (!_orders.TryGetValue(id, out List<(long Since, DesiredAssignment? Desired)>? orders)) return [];
        int first = orders.FindLastIndex(entry => entry.Since <= moment);
        return orders.Skip(Math.Max(0, first));
    }

    /// <summary>The replicas that the agent's journal holds.</summary>
    public IEnumerable<ReplicaId> KeptReplicas => _records.Keys;

    /// <summary>What the agent's journal holds of an order's replicas.</summary>
    public IEnumerable<ReplicaRecord> Kept(AssignmentId id) => _records.Values.Where(record => record.Assignment == id);

    /// <summary>Whether the agent's journal has the replica as one that drains and stops.</summary>
    public bool Retires(ReplicaId id) => _records.TryGetValue(id, out ReplicaRecord? record) && record.Retiring;

    /// <summary>What runs, or ended no earlier than a moment.</summary>
    public IEnumerable<RunningReplica> AliveSince(long moment) => _past.Where(replica => replica.EndedAt >= moment).Concat(Running);

    /// <summary>The running replica of that id.</summary>
    public RunningReplica? FindRunning(ReplicaId id) => _replicas.TryGetValue(id, out RunningReplica? replica) && replica.Ended is null ? replica : null;

    /// <summary>Called before a replica is told to end.</summary>
    public Action<SimulatedMachine, RunningReplica>? Stopping { get; set; }

    /// <summary>Called after a replica has started.</summary>
    public Action<SimulatedMachine, RunningReplica>? Started { get; set; }

    /// <summary>Power goes off and on: everything that ran is gone, what was on disk is there.</summary>
    public void Reboot()
    {
        _simulator.Trace.Add($"{HostName} reboots");
        _boots++;
        foreach (RunningReplica replica in Running.ToArray()) Keep(replica);
        _replicas.Clear();
        _ends.Clear();
        _singletonsUntil = long.MinValue;
        _watchdog?.Dispose();
    }

    /// <summary>A replica picked by the seed crashes.</summary>
    public void CrashOne()
    {
        RunningReplica[] running = [.. Running];
        if (running.Length > 0) End(running[_simulator.Chance.Next(running.Length)], 137, "killed from outside");
    }

    /// <summary>The machine as its agent uses it.</summary>
    public IReplicaHost HostFor(SimulatedProcess agent) => new Host(this, agent);

    /// <summary>The disk as the agent uses it.</summary>
    public INodeJournal JournalFor(SimulatedProcess agent, TimeProvider time) => new Journal(this, agent, time);

    private void End(RunningReplica replica, int exitCode, string description, bool fenced = false)
    {
        if (replica.Ended is not null) return;
        _simulator.Trace.Add($"{HostName} {replica.Record.Id} ended: {description}");
        replica.Ended = new ReplicaEnd(replica.Record.Id, replica.Record.Attempt, exitCode, description, Fenced: fenced);
        _ends.Enqueue(replica.Ended);
        Keep(replica);
    }

    private void Keep(RunningReplica replica)
    {
        replica.EndedAt = _simulator.Time.GetTimestamp();
        if (_past.Count > 200) _past.RemoveRange(0, 100);
        _past.Add(replica);
    }

    private void Remember(AssignmentId id, DesiredAssignment? desired)
    {
        if (!_orders.TryGetValue(id, out List<(long Since, DesiredAssignment? Desired)>? orders)) _orders[id] = orders = [];
        orders.Add((_simulator.Time.GetTimestamp(), desired));
    }

    private void AllowSingletonsFor(TimeSpan remaining)
    {
        _watchdog?.Dispose();
        _singletonsUntil = _simulator.Time.GetTimestamp() + remaining.Ticks;
        if (remaining <= TimeSpan.Zero) Fence();
        else _watchdog = _simulator.Time.CreateTimer(_ => Fence(), null, remaining, Timeout.InfiniteTimeSpan);
    }

    private void Fence()
    {
        foreach (RunningReplica replica in Running.Where(replica => replica.Record.Singleton).ToArray()) End(replica, 137, "its lease ended", fenced: true);
    }

    private sealed class Host(SimulatedMachine machine, SimulatedProcess agent) : IReplicaHost
    {
        public HostFacts Facts { get; } = new(
            [Capability.Process, Capability.MemoryLimit, Capability.CpuLimit, Capability.TenantIsolation, Capability.Fencing, Capability.Volumes],
            $"boot-{machine._boots}");

        public Task<IReadOnlyList<HostedReplica>> AdoptAsync(CancellationToken cancellationToken)
        {
            machine._ends.Clear();
            return Task.FromResult<IReadOnlyList<HostedReplica>>([.. machine._replicas.Values.Select(replica => new HostedReplica(replica.Record, replica.Ended))]);
        }

        public Task<ReplicaStart> StartAsync(ReplicaLaunch launch, CancellationToken cancellationToken)
        {
            if (!agent.Alive) return new TaskCompletionSource<ReplicaStart>().Task;
            ReplicaRecord record = launch.Record;
            if (machine._replicas.TryGetValue(record.Id, out RunningReplica? earlier))
            {
                if (earlier.Ended is null) machine.Stopping?.Invoke(machine, earlier);
                machine.End(earlier, 137, "replaced by its next process");
            }
            if (record.Singleton && machine._singletonsUntil <= machine._simulator.Time.GetTimestamp())
                return Task.FromResult<ReplicaStart>(new ReplicaStart.Refused("no lease for singletons"));
            TimeSpan takes = TimeSpan.FromMilliseconds(200 + machine._simulator.Chance.Next(1500));
            bool fails = FailingProgram.Hangs(record.Template) || FailingProgram.Crashes(record.Template);
            var replica = new RunningReplica(record, fails ? long.MaxValue : machine._simulator.Time.GetTimestamp() + takes.Ticks);
            machine._replicas[record.Id] = replica;
            if (FailingProgram.Crashes(record.Template))
                machine._simulator.Time.CreateTimer(_ => machine.End(replica, 1, "exit code 1"), null, takes, Timeout.InfiniteTimeSpan);
            machine._simulator.Trace.Add($"{machine.HostName} {record.Id} started, revision {record.Revision}");
            machine.Started?.Invoke(machine, replica);
            return Task.FromResult<ReplicaStart>(ReplicaStart.Started.Instance);
        }

        public void Signal(ReplicaId replica, StopSignal signal)
        {
            if (!agent.Alive || !machine._replicas.TryGetValue(replica, out RunningReplica? running) || running.Ended is not null) return;
            machine.Stopping?.Invoke(machine, running);
            running.StoppingSince ??= machine._simulator.Time.GetTimestamp();
            if (signal == StopSignal.Kill)
            {
                machine.End(running, 137, "killed");
                return;
            }
            TimeSpan takes = TimeSpan.FromMilliseconds(machine._simulator.Chance.Next(400));
            machine._simulator.Time.CreateTimer(_ => machine.End(running, 0, "stopped"), null, takes, Timeout.InfiniteTimeSpan);
        }

        public IReadOnlyList<ReplicaEnd> Poll()
        {
            ReplicaEnd[] ends = [.. machine._ends];
            machine._ends.Clear();
            return ends;
        }

        public Task RemoveAsync(ReplicaId replica, CancellationToken cancellationToken)
        {
            if (agent.Alive && machine._replicas.GetValueOrDefault(replica)?.Ended is not null) machine._replicas.Remove(replica);
            return Task.CompletedTask;
        }

        public Task<ProbeOutcome> ProbeAsync(ReplicaRecord replica, CancellationToken cancellationToken)
        {
            bool healthy = machine._replicas.TryGetValue(replica.Id, out RunningReplica? running) && running.Ended is null
                && running.ReadyAt <= machine._simulator.Time.GetTimestamp();
            return Task.FromResult(healthy ? ProbeOutcome.Passed : new ProbeOutcome(false, "no answer"));
        }

        public bool IsPortFree(int port) => true;

        public void AllowSingletonsFor(TimeSpan remaining)
        {
            if (agent.Alive) machine.AllowSingletonsFor(remaining);
        }
    }

    private sealed class Journal(SimulatedMachine machine, SimulatedProcess agent, TimeProvider time) : INodeJournal
    {
        public Task<NodeState> LoadAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new NodeState(machine._term, machine._revision, [.. machine._desired.Values], [.. machine._records.Values]));

        public async Task SaveDesiredAsync(DesiredChange change, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1 + machine._simulator.Chance.Next(4)), time, cancellationToken);
            if (!agent.Alive) return;
            if (machine.DiskFull) throw new IOException("no space left on the simulated device");
            machine._term = change.Term;
            machine._revision = change.Revision;
            foreach (DesiredAssignment desired in change.Upserts)
            {
                machine._desired[desired.Assignment.Id] = desired;
                machine.Remember(desired.Assignment.Id, desired);
            }
            foreach (AssignmentId id in change.Removals)
            {
                machine._desired.Remove(id);
                machine.Remember(id, null);
            }
        }

        public async Task SaveReplicasAsync(IReadOnlyList<ReplicaRecord> upserts, IReadOnlyList<ReplicaId> removals, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1 + machine._simulator.Chance.Next(2)), time, cancellationToken);
            if (!agent.Alive) return;
            if (machine.DiskFull) throw new IOException("no space left on the simulated device");
            foreach (ReplicaRecord record in upserts) machine._records[record.Id] = record;
            foreach (ReplicaId id in removals) machine._records.Remove(id);
        }
    }
}
