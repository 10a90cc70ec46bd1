using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Replicas;
using Federation.Adapters.Planning;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Reconciling;

public sealed partial class NodeReconciler
{
    // One write for all that changed. While it fails nothing starts: a process whose record is lost would be started twice.
    private async Task<bool> SaveAsync(CancellationToken cancellationToken)
    {
        List<ReplicaRecord> upserts = [];
        lock (_gate)
        {
            foreach (Replica replica in _replicas.InOrder)
                if (!replica.Saved && replica.Phase != ReplicaPhase.Gone) upserts.Add(replica.Record);
        }
        if (upserts.Count == 0) return true;
        if (_time.GetTimestamp() < _saveAgainAt) return false;
        try
        {
            await _journal.SaveReplicasAsync(upserts, [], cancellationToken);
        }
        catch (IOException e)
        {
            LogJournalFailed(_logger, e);
            _saveAgainAt = In(RetryAfterFailedSave);
            return false;
        }
        lock (_gate)
        {
            foreach (ReplicaRecord record in upserts)
                if (_replicas.Find(record.Id) is { } replica && ReferenceEquals(replica.Record, record)) replica.Saved = true;
        }
        return true;
    }

    private async Task<bool> StartDueAsync(CancellationToken cancellationToken)
    {
        List<(Replica Replica, ReplicaLaunch Launch)> due = [];
        bool more;
        lock (_gate)
        {
            foreach (Replica replica in _replicas.InOrder)
            {
                if (replica.Phase != ReplicaPhase.Due || !replica.Saved || due.Count > MaxStartsAStep) continue;
                bool current = _desired.TryGetValue(replica.Record.Assignment, out DesiredAssignment? desired) && desired.Assignment.Revision == replica.Record.Revision;
                due.Add((replica, new ReplicaLaunch(replica.Record, current ? desired!.Material : null)));
            }
            more = due.Count > MaxStartsAStep;
            if (more) due.RemoveAt(MaxStartsAStep);
        }
        foreach ((Replica replica, ReplicaLaunch launch) in due)
        {
            // The lease may have ended during an earlier start of this step.
            if (launch.Record.Singleton && _lease.Remaining <= TimeSpan.Zero) continue;
            lock (_gate)
            {
                if (replica.Phase != ReplicaPhase.Due) continue;
                replica.StartedAt = _time.GetTimestamp();
                // From here it may run: a death or a cancellation in the middle of the start leaves it to be adopted.
                replica.Enter(ReplicaPhase.Running);
                replica.ProbeAt = replica.StartedAt + Ticks(ProbeWhileStarting * _chance.NextDouble());
            }
            ReplicaStart outcome = OfferedOrder.Lack(launch.Record.Template, launch.Record.Singleton, _host.Facts.Capabilities) is { } lack
                ? new ReplicaStart.Refused(lack)
                : await _host.StartAsync(launch, cancellationToken);
            lock (_gate)
            {
                if (outcome is ReplicaStart.Refused refused)
                {
                    LogRefused(_logger, launch.Record.Id, refused.Reason);
                    _planNeeded = true;
                    if (replica.Record.Retiring) replica.Enter(ReplicaPhase.Gone);
                    else Pause(replica, refused.Reason);
                }
                else
                {
                    LogStarted(_logger, launch.Record.Id, launch.Record.Attempt);
                }
            }
        }
        return more;
    }

    // A few a step, so that no step outlasts the lease; true if there are more.
    private async Task<bool> RemoveGoneAsync(CancellationToken cancellationToken)
    {
        Replica[] gone;
        lock (_gate) gone = [.. _replicas.InOrder.Where(replica => replica.Phase == ReplicaPhase.Gone && _time.GetTimestamp() >= replica.Until).Take(MaxRemovalsAStep)];
        List<ReplicaId> removed = [];
        foreach (Replica replica in gone)
        {
            try
            {
                await _host.RemoveAsync(replica.Id, cancellationToken);
                removed.Add(replica.Id);
            }
            catch (IOException e)
            {
                LogRemovalFailed(_logger, e, replica.Id);
                replica.Until = In(RetryAfterFailedSave);
            }
        }
        if (removed.Count == 0) return false;
        try
        {
            await _journal.SaveReplicasAsync([], removed, cancellationToken);
        }
        catch (IOException e)
        {
            LogJournalFailed(_logger, e);
            lock (_gate)
            {
                foreach (ReplicaId id in removed) _replicas.Find(id)!.Until = In(RetryAfterFailedSave);
            }
            return false;
        }
        lock (_gate)
        {
            foreach (ReplicaId id in removed) _replicas.Remove(id);
            _planNeeded = true;
            _nodeChanged = true;
        }
        return gone.Length == MaxRemovalsAStep;
    }

    private void BeginProbes(CancellationToken cancellationToken)
    {
        long now = _time.GetTimestamp();
        foreach (Replica replica in _replicas.InOrder)
        {
            if (_probes.Count >= MaxProbesAtOnce) return;
            if (replica.Phase != ReplicaPhase.Running || replica.Stop != StopStage.None || replica.Probing
                || !replica.IsProbed || now < replica.ProbeAt) continue;
            replica.Probing = true;
            replica.ProbeBeganAt = now;
            _probes.Add(ProbeAsync(replica.Record, cancellationToken));
        }
    }

    private async Task ProbeAsync(ReplicaRecord record, CancellationToken cancellationToken)
    {
        ProbeOutcome outcome;
        try
        {
            outcome = await _host.ProbeAsync(record, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        lock (_gate) _probed.Enqueue((record.Id, record.Attempt, outcome));
        _pulse.Set();
    }

    // A replica keeps its ports as long as they are free when it starts again.
    private bool TryAssignPorts(ReplicaRecord record, out IReadOnlyList<ReplicaPort> ports)
    {
        ports = record.Ports;
        IReadOnlyList<PortTemplate> wanted = record.Template.Ports ?? [];
        if (ports.Count == wanted.Count && ports.All(port => _host.IsPortFree(port.Port))) return true;
        HashSet<int> taken = [.. _replicas.InOrder.Where(replica => replica.Id != record.Id).SelectMany(static replica => replica.Record.Ports).Select(static port => port.Port)];
        var given = new List<ReplicaPort>();
        foreach (PortTemplate port in wanted)
        {
            int first = _chance.Next(_options.Ports);
            int? found = null;
            for (int i = 0; i < _options.Ports && found is null; i++)
            {
                int candidate = _options.FirstPort + ((first + i) % _options.Ports);
                if (!taken.Contains(candidate) && _host.IsPortFree(candidate)) found = candidate;
            }
            if (found is not { } number) return false;
            taken.Add(number);
            given.Add(new(port.Name, number, port.Protocol));
        }
        ports = given;
        return true;
    }

    private void Publish()
    {
        HostFacts facts = _host.Facts;
        bool changed = _nodeChanged || !ReferenceEquals(facts, _published);
        foreach (Replica replica in _replicas.InOrder) changed |= replica.Changed;
        if (!changed) return;
        _nodeChanged = false;
        _published = facts;
        var node = new NodeObservation
        {
            Cluster = _options.Cluster,
            Node = _options.Node,
            Allocatable = _options.Allocatable,
            Capabilities = facts.Capabilities,
            AppliedRevision = _revision,
            AppliedTerm = _term,
            BootId = facts.BootId,
            AgentVersion = _options.AgentVersion,
        };
        long version = _observed.Version + 1;
        _observed.TryPublish(
            new ClusterObservationSet(version, [node], [.. _replicas.InOrder.Select(replica => replica.Observe(_options.Cluster, _options.Node)), .. Withheld()]),
            version);
    }

    // An order that is withheld tells its reason as a replica that waits, as long as more are wanted than there are.
    private IEnumerable<ReplicaObservation> Withheld()
    {
        foreach ((AssignmentId id, string reason) in _withheld)
        {
            if (!_desired.TryGetValue(id, out DesiredAssignment? desired)) continue;
            Domain.Assignments.Assignment order = desired.Assignment;
            if (_replicas.InOrder.Count(replica => replica.Record.Assignment == id && replica.Record.Revision == order.Revision) >= order.Replicas) continue;
            yield return new ReplicaObservation
            {
                Id = new ReplicaId($"{order.Workload.Name}-withheld-{id}"),
                Assignment = id,
                Workload = order.Workload,
                Cluster = _options.Cluster,
                Node = _options.Node,
                Revision = order.Revision,
                State = ReplicaState.BackOff,
                Message = reason,
            };
        }
    }
}
