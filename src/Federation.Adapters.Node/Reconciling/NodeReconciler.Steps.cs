using System.Globalization;
using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;
using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Reconciling;

public sealed partial class NodeReconciler
{
    private const string WaitsForLease = "waits for the node's lease, and orders younger than it";
    private const int MaxStartsAStep = 16;
    private const int MaxRemovalsAStep = 16;
    private const int MaxProbesAtOnce = 64;
    private static readonly TimeSpan ProbeWhileStarting = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryAfterFailedSave = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FloorPause = TimeSpan.FromMilliseconds(100);

    // A look at a process is a read of /proc: a thousand a second are no load, however many run.
    private const int MostLooks = 250;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    private readonly List<Task> _probes = [];
    private long _saveAgainAt = long.MinValue;
    private long? _ordersAskedAt;
    private long _askAgainAt = long.MinValue;
    private bool _leaseHeld;
    private long _lookAt = long.MinValue;
    private ReplicaId? _lookedTo;

    /// <summary>One step; true if there is more to do at once.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        bool toSave, toStart, gone;
        lock (_gate)
        {
            bool ended = false;
            foreach (ReplicaEnd end in _host.Poll())
            {
                if (_replicas.Find(end.Id) is not { } replica || replica.Record.Attempt != end.Attempt || replica.Phase != ReplicaPhase.Running) continue;
                End(replica, end);
                ended = true;
            }
            // Traffic must not wait for the disk, nor for what else starts: whoever adopts it later finds the same end.
            if (ended) Publish();
            TakeProbes();
            LookForStandstill();
            KeepLease();
            // What the host can do decides what may start.
            HostFacts facts = _host.Facts;
            if (!ReferenceEquals(facts, _planned)) (_planned, _planNeeded) = (facts, true);
            if (_planNeeded) Plan(facts);
            toSave = toStart = gone = false;
            foreach (Replica replica in _replicas.InOrder)
            {
                PassTime(replica);
                toSave |= !replica.Saved;
                toStart |= replica.Phase == ReplicaPhase.Due;
                gone |= replica.Phase == ReplicaPhase.Gone;
            }
        }
        // Mostly there is nothing to do.
        bool saved = !toSave || await SaveAsync(cancellationToken);
        bool more = saved && toStart && await StartDueAsync(cancellationToken);
        if (saved && gone) more |= await RemoveGoneAsync(cancellationToken);
        lock (_gate)
        {
            BeginProbes(cancellationToken);
            Publish();
            return more || _planNeeded;
        }
    }

    // How a process ended decides what becomes of its replica.
    private void End(Replica replica, ReplicaEnd end)
    {
        ReplicaRecord record = replica.Record;
        LogEnded(_logger, record.Id, end.Description);
        _planNeeded = true;
        // By this process, or by the watch beside the replica, which needs none.
        bool fenced = replica.Fenced || end.Fenced;
        replica.Fenced = false;
        replica.Update(record with
        {
            Ready = false,
            LastEnd = fenced ? ReplicaEnd.LeaseEnded : replica.Stop != StopStage.None && replica.Message is { } why ? why : end.Description,
            FencedAt = fenced ? _time.GetUtcNow() : record.FencedAt,
        });
        replica.WasReady = false;
        replica.ProbeFailures = 0;
        if (record.Retiring)
        {
            replica.Until = _time.GetTimestamp();
            replica.Enter(ReplicaPhase.Gone);
            return;
        }
        if (fenced)
        {
            replica.Until = _time.GetTimestamp();
            replica.Enter(ReplicaPhase.BackOff, WaitsForLease);
            return;
        }
        if (!end.Began)
        {
            Pause(replica, end.Description);
            return;
        }
        RestartPolicy policy = record.Template.Restart;
        bool again = policy.Condition != RestartCondition.Never && (end.ExitCode != 0 || !ContainerNeeds.RunsToAnEnd(record.Template));
        if (again && GivesUp(policy, record.BadEnds))
        {
            again = false;
            replica.Update(replica.Record with { LastEnd = string.Create(CultureInfo.InvariantCulture, $"{replica.Record.LastEnd}, the last of {record.BadEnds + 1} starts") });
        }
        if (again)
        {
            if (policy.Condition == RestartCondition.OnFailure) replica.Update(replica.Record with { BadEnds = record.BadEnds + 1 });
            Pause(replica, null);
        }
        else
        {
            replica.Update(replica.Record with { Finished = true, Succeeded = end.ExitCode == 0 });
            replica.Enter(ReplicaPhase.Finished);
        }
    }

    // What is to serve is never given up.
    private static bool GivesUp(RestartPolicy policy, int badEnds) => policy is { Condition: RestartCondition.OnFailure, MaxAttempts: > 0 and var most, WindowSeconds: null } && badEnds >= most;

    private void Pause(Replica replica, string? message)
    {
        RestartPolicy policy = replica.Record.Template.Restart;
        var backoff = new Reconciliation.Backoff(TimeSpan.FromSeconds(policy.BackoffSeconds), TimeSpan.FromSeconds(Math.Max(policy.BackoffSeconds, policy.MaxBackoffSeconds)));
        int failures = replica.Record.Failures;
        if (failures > 0 && _time.GetElapsedTime(replica.StartedAt) >= backoff.Pause(failures) * 10) failures = 0;
        replica.Update(replica.Record with { Failures = failures + 1 });
        TimeSpan pause = backoff.Pause(failures + 1);
        replica.Until = In(pause > FloorPause ? pause : FloorPause);
        replica.Enter(ReplicaPhase.BackOff, message);
    }

    private void TakeProbes()
    {
        _probes.RemoveAll(static probe => probe.IsCompleted);
        while (_probed.TryDequeue(out (ReplicaId Id, int Attempt, ProbeOutcome Outcome) result))
        {
            if (_replicas.Find(result.Id) is not { } replica) continue;
            replica.Probing = false;
            if (replica.Record.Attempt != result.Attempt || replica.Phase != ReplicaPhase.Running || replica.Stop != StopStage.None) continue;
            HealthCheck check = replica.Record.Check!;
            replica.ProbeAt = In(replica.WasReady || result.Outcome.Healthy ? TimeSpan.FromSeconds(check.IntervalSeconds) : ProbeWhileStarting);
            if (result.Outcome.Healthy)
            {
                replica.ProbeFailures = 0;
                BecomeReady(replica, ready: true);
                replica.Say(null);
            }
            else
            {
                if (replica.WasReady && ++replica.ProbeFailures >= check.FailureThreshold) BecomeReady(replica, ready: false);
                if (!replica.Record.Ready) replica.Say(result.Outcome.Reason);
                replica.FailedCheckBeganAt = replica.ProbeBeganAt;
            }
        }
    }

    // Those that serve, in turn: a stopped process keeps its connections open and its port listening, so that nothing else tells it from a slow one at once.
    private void LookForStandstill()
    {
        if (_time.GetTimestamp() < _lookAt) return;
        _lookAt = In(BetweenLooks);
        int looks = 0;
        ReplicaId? last = null;
        foreach (Replica replica in _replicas.InOrder)
        {
            if (_lookedTo is { } from && replica.Id.CompareTo(from) <= 0) continue;
            if (replica.Phase != ReplicaPhase.Running || replica.Stop != StopStage.None || replica.Record.Ports.Count == 0)
            {
                replica.StandStill(false);
                continue;
            }
            if (++looks > MostLooks) break;
            replica.StandStill(_host.StandsStill(replica.Id));
            last = replica.Id;
        }
        _lookedTo = looks > MostLooks ? last : null;
    }

    private void BecomeReady(Replica replica, bool ready)
    {
        if (ready) replica.WasReady = true;
        if (replica.Record.Ready == ready) return;
        replica.Update(replica.Record with { Ready = ready });
        _planNeeded = true;
    }

    // Before the first lease of this process nothing is said: what runs is still under the watch of the last one.
    private void KeepLease()
    {
        TimeSpan remaining = _lease.Remaining;
        if (remaining > TimeSpan.Zero)
        {
            _leaseHeld = true;
            _host.AllowSingletonsFor(remaining);
            return;
        }
        if (!_leaseHeld) return;
        _leaseHeld = false;
        _host.AllowSingletonsFor(TimeSpan.Zero);
        int ended = 0;
        foreach (Replica replica in _replicas.InOrder)
        {
            if (!replica.Record.Singleton) continue;
            if (replica.Phase == ReplicaPhase.Due)
            {
                replica.Until = _time.GetTimestamp();
                replica.Enter(ReplicaPhase.BackOff, WaitsForLease);
            }
            else if (replica.Phase == ReplicaPhase.Running)
            {
                ended++;
                replica.Fenced = true;
                _host.Signal(replica.Id, StopSignal.Kill);
                replica.Until = In(TimeSpan.FromSeconds(1));
                replica.Enter(StopStage.Killing);
            }
        }
        LogFenced(_logger, ended);
    }

    // A singleton starts only on orders that were asked for when the present lease was known everywhere: older ones may have been
    // overtaken by a move that rested on the loss of the lease before.
    private bool SingletonsMayStart()
    {
        TimeSpan settled = _lease.HeldFor - _options.SingletonSettle;
        if (settled < TimeSpan.Zero) return false;
        if (_ordersAskedAt is { } asked && _time.GetElapsedTime(asked) <= settled) return true;
        if (_time.GetTimestamp() >= _askAgainAt)
        {
            _askAgainAt = In(AskAgain);
            FreshOrdersWanted?.Invoke();
        }
        return false;
    }

    private void Plan(HostFacts facts)
    {
        _planNeeded = false;
        var withheld = new SortedDictionary<AssignmentId, string>();
        var byAssignment = new SortedDictionary<AssignmentId, List<PlannedReplica>>();
        foreach (AssignmentId id in _desired.Keys) byAssignment[id] = [];
        foreach (Replica replica in _replicas.InOrder)
        {
            if (!byAssignment.TryGetValue(replica.Record.Assignment, out List<PlannedReplica>? group)) byAssignment[replica.Record.Assignment] = group = [];
            group.Add(replica.Planned);
        }
        foreach ((AssignmentId id, List<PlannedReplica> group) in byAssignment)
        {
            if (!_desired.TryGetValue(id, out DesiredAssignment? desired))
            {
                // Without any orders ever received nothing is known to be unwanted.
                if (_term == 0 && _revision == 0) continue;
                foreach (PlannedReplica replica in group) Retire(_replicas.Find(replica.Id)!);
                continue;
            }
            AssignmentPlan plan = AssignmentPlan.Compute(OfferedOrder.Within(desired.Assignment, facts.Capabilities, out string? reason), group);
            if (reason is not null)
            {
                withheld[id] = reason;
                if (_withheld.GetValueOrDefault(id) != reason) LogWithheld(_logger, id, reason);
            }
            foreach (ReplicaId retired in plan.Retirements) Retire(_replicas.Find(retired)!);
            for (int i = 0; i < plan.Starts; i++) Create(desired.Assignment);
        }
        _nodeChanged |= !withheld.SequenceEqual(_withheld);
        _withheld = withheld;
    }

    private void Retire(Replica replica)
    {
        if (replica.Record.Retiring) return;
        LogRetiring(_logger, replica.Id);
        replica.Update(replica.Record with { Retiring = true });
        _planNeeded = true;
        if (replica.Phase != ReplicaPhase.Running)
        {
            // It has no process: a record that is due was never started, since records are kept before.
            replica.Until = _time.GetTimestamp();
            replica.Enter(ReplicaPhase.Gone);
        }
        else if (replica.Stop == StopStage.None)
        {
            replica.Until = In(replica.Record.Ready ? TimeSpan.FromSeconds(replica.Record.Template.DrainSeconds) : TimeSpan.Zero);
            replica.Enter(StopStage.Draining);
        }
    }

    private void Create(Assignment order)
    {
        ReplicaId id;
        Span<byte> digits = stackalloc byte[8];
        do
        {
            _chance.Fill(digits);
            id = new($"{order.Workload.Name}-{Convert.ToHexStringLower(digits)}");
        }
        while (_replicas.Contains(id));
        _replicas.Add(new Replica(new ReplicaRecord
        {
            Id = id,
            Assignment = order.Id,
            Workload = order.Workload,
            WorkloadUid = order.WorkloadUid,
            Generation = order.Generation,
            Revision = order.Revision,
            Template = order.Template,
            Singleton = order.Singleton,
        }, ReplicaPhase.BackOff)
        {
            Until = _time.GetTimestamp(),
        });
    }

    private void PassTime(Replica replica)
    {
        long now = _time.GetTimestamp();
        switch (replica.Phase)
        {
            case ReplicaPhase.BackOff when now >= replica.Until:
                if (replica.Record.Singleton && !SingletonsMayStart())
                {
                    replica.Say(WaitsForLease);
                    break;
                }
                if (OfferedOrder.Lack(replica.Record.Template, replica.Record.Singleton, _host.Facts.Capabilities) is { } lack)
                {
                    // It had what is not offered any more, and has ended.
                    replica.Say(lack);
                    replica.Until = In(AskAgain);
                    break;
                }
                Ready(replica);
                break;
            case ReplicaPhase.Running when replica.Record.Retiring && replica.Stop == StopStage.None:
                // Adopted on its way out.
                replica.Until = now;
                replica.Enter(StopStage.Draining);
                break;
            case ReplicaPhase.Running when replica.Stop == StopStage.Draining && now >= replica.Until:
                _host.Signal(replica.Id, StopSignal.Terminate);
                replica.Until = In(TimeSpan.FromSeconds(replica.Record.Template.StopGraceSeconds));
                replica.Enter(StopStage.Terminating);
                break;
            case ReplicaPhase.Running when replica.Stop is StopStage.Terminating or StopStage.Killing && now >= replica.Until:
                _host.Signal(replica.Id, StopSignal.Kill);
                replica.Until = In(TimeSpan.FromSeconds(1));
                replica.Enter(StopStage.Killing);
                break;
            case ReplicaPhase.Running when replica.Stop == StopStage.None && !replica.WasReady && !replica.Record.Ready && !_host.HasBegun(replica.Id):
                // What comes before, such as an image's pull, is not the program's time to become ready.
                replica.StartedAt = now;
                break;
            case ReplicaPhase.Running when replica.Stop == StopStage.None && !replica.WasReady && !replica.Record.Ready:
                if (replica.Record.Check is null)
                {
                    if (_host.HasBegun(replica.Id)) replica.BegunAt ??= now;
                    if (replica.BegunAt is { } begun && now >= begun + Ticks(_options.UncheckedSettle)) BecomeReady(replica, ready: true);
                }
                // Nobody said how long it may take to listen: without a declared check it is waited for. Who stood still itself has not looked: a check that began after that time decides.
                else if (replica.Record.Template.HealthCheck is { } check && replica.FailedCheckBeganAt is { } looked && looked >= replica.StartedAt + Ticks(TimeSpan.FromSeconds(check.StartSeconds)))
                {
                    replica.Say($"was not ready within {check.StartSeconds} s ({replica.Message ?? "no check passed"})");
                    replica.Until = In(TimeSpan.FromSeconds(replica.Record.Template.StopGraceSeconds));
                    _host.Signal(replica.Id, StopSignal.Terminate);
                    replica.Enter(StopStage.Terminating);
                }
                break;
        }
    }

    // Its next process: a new number, and ports that are free.
    private void Ready(Replica replica)
    {
        if (!TryAssignPorts(replica.Record, out IReadOnlyList<Domain.Observation.ReplicaPort> ports))
        {
            Pause(replica, $"no port between {_options.FirstPort} and {_options.FirstPort + _options.Ports - 1} is free");
            return;
        }
        replica.Update(replica.Record with { Attempt = replica.Record.Attempt + 1, Ports = ports, StartedAt = _time.GetUtcNow(), Ready = false });
        replica.WasReady = false;
        replica.BegunAt = replica.FailedCheckBeganAt = null;
        replica.Enter(ReplicaPhase.Due);
    }
}
