using System.Text.Json;
using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Storage;
using Simulation.Tests.Engine;
using Simulation.Tests.World;

namespace Simulation.Tests.Invariants;

/// <summary>Holds the world against the design's invariants whenever something durable or running has changed.</summary>
public sealed class Checker
{
    private static readonly TimeSpan OrdersMayLag = TimeSpan.FromMinutes(3);

    private readonly Simulator _simulator;
    private readonly SimulatedPlane _plane;
    private readonly SortedDictionary<string, long> _acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<WorkloadKey, int> _claimed = [];
    private readonly Dictionary<AssignmentId, List<(long Until, Assignment? Order)>> _history = [];
    private readonly Dictionary<AssignmentId, Assignment> _present = [];
    private long _checkedRevision;

    public Checker(Simulator simulator, SimulatedPlane plane)
    {
        _simulator = simulator;
        _plane = plane;
        foreach (SimulatedMachine machine in plane.Machines)
        {
            machine.Stopping = OnStopping;
            machine.Started = OnStarted;
        }
        simulator.AtRest = Check;
    }

    /// <summary>The API acknowledged this write.</summary>
    public void Acknowledged(string key, long revision) => _acknowledged[key] = Math.Max(revision, _acknowledged.GetValueOrDefault(key));

    private void Check()
    {
        if (_plane.PlacementDisk.Revision == _checkedRevision) return;
        _checkedRevision = _plane.PlacementDisk.Revision;
        var documents = _plane.PlacementDisk.Documents.ToDictionary(document => document.Key);
        AcknowledgedWritesAreThere(documents);
        Assignment[] orders = [.. documents.Values.Where(document => document.Key.Kind == Kinds.Assignment).Select(PlacementState.Read<Assignment>)];
        Remember(orders);
        ClaimsStayBelowDesiredAndSurge(documents, orders);
        NothingIsOvercommitted(orders);
    }

    // 1. A write acknowledged by the API survives the loss of any process at any instant.
    private void AcknowledgedWritesAreThere(Dictionary<DocumentKey, StoredDocument> documents)
    {
        foreach ((string key, long revision) in _acknowledged)
        {
            if (_plane.PlacementDisk.Revision < revision) throw new InvariantBroken("1 acknowledged writes survive", $"{key} at revision {revision} is lost: the disk is at {_plane.PlacementDisk.Revision}");
            if (documents.TryGetValue(new DocumentKey(Kinds.Workload, key), out StoredDocument? document) && document.Revision < revision)
                throw new InvariantBroken("1 acknowledged writes survive", $"{key} is at revision {document.Revision}, below the acknowledged {revision}");
        }
    }

    // 2. Active and Moving replicas never rise above the desired number plus the surge.
    private void ClaimsStayBelowDesiredAndSurge(Dictionary<DocumentKey, StoredDocument> documents, Assignment[] orders)
    {
        foreach (IGrouping<WorkloadKey, Assignment> workload in orders.GroupBy(order => order.Workload))
        {
            int claimed = workload.Where(order => order.State is AssignmentState.Active or AssignmentState.Moving).Sum(order => order.Replicas + order.Surge);
            int before = _claimed.GetValueOrDefault(workload.Key);
            _claimed[workload.Key] = claimed;
            if (claimed <= before) continue;
            if (!documents.TryGetValue(new DocumentKey(Kinds.Binding, workload.Key.ToString()), out StoredDocument? bound)) continue;
            if (!documents.TryGetValue(new DocumentKey(Kinds.Workload, workload.Key.ToString()), out StoredDocument? declared)) continue;
            Workload spec = JsonSerializer.Deserialize<Workload>(declared.Body.Span, DomainJson.Options)!;
            int desired = Math.Max(PlacementState.Read<Binding>(bound).Shares.Sum(share => share.Replicas), spec.Spec.Replicas ?? 1);
            int surge = spec.Spec.Singleton ? 0 : spec.Spec.Update.MaxSurge;
            if (claimed > desired + surge)
                throw new InvariantBroken("2 desired plus surge", $"{workload.Key} has {claimed} replicas ordered, desired are {desired} with a surge of {surge}");
        }
    }

    // 6. No decision overcommits: what is ordered on a node fits it. (A surge in flight is counted where it is handed out.)
    private void NothingIsOvercommitted(Assignment[] orders)
    {
        foreach (SimulatedMachine machine in _plane.Machines)
        {
            ResourceAmount taken = ResourceAmount.Zero;
            foreach (Assignment order in orders)
            {
                if (order.NodeKey != machine.Key || order.State is AssignmentState.Unreachable or AssignmentState.Withdrawn) continue;
                taken += (order.Template.Resources?.Reserved ?? ResourceAmount.Zero) * order.Replicas;
            }
            if (taken.Cpu.Value > machine.Allocatable.Cpu.Value || taken.Memory.Value > machine.Allocatable.Memory.Value)
                throw new InvariantBroken("6 no overcommit", $"{machine.Key} has {taken.Cpu} ordered of {machine.Allocatable.Cpu}");
        }
    }

    private void OnStarted(SimulatedMachine machine, RunningReplica replica)
    {
        if (!replica.Record.Singleton) return;
        (SimulatedMachine Machine, RunningReplica Replica)[] holders =
            [.. _plane.Machines.SelectMany(m => m.Running.Where(r => r.Record.Workload == replica.Record.Workload).Select(r => (m, r)))];
        if (holders.Length > 1)
            throw new InvariantBroken("2 a singleton has one holder", $"{replica.Record.Workload} runs on {string.Join(" and ", holders.Select(h => h.Machine.Key))}");
    }

    // 3. Nothing is ended because of lost contact, of a partial listing or of a restart of ours: there was an order that asked for it.
    private void OnStopping(SimulatedMachine machine, RunningReplica replica)
    {
        if (replica.Record.Singleton || replica.ReadyAt > _simulator.Time.GetTimestamp()) return;
        AssignmentId id = replica.Record.Assignment;
        int running = machine.Running.Count(r => r.Record.Assignment == id && r.Record.Revision == replica.Record.Revision);
        long since = _simulator.Time.GetTimestamp() - OrdersMayLag.Ticks;
        bool asked = Asks(_present.GetValueOrDefault(id), replica, running)
            || (_history.TryGetValue(id, out var past) && past.Any(entry => entry.Until >= since && Asks(entry.Order, replica, running)));
        if (!asked) throw new InvariantBroken("3 nothing ends without an order", $"{replica.Record.Id} of {id} on {machine.Key} was stopped, though nothing asked for it");
    }

    private static bool Asks(Assignment? order, RunningReplica replica, int running) =>
        order is null || order.State == AssignmentState.Withdrawn || order.Revision != replica.Record.Revision || order.Replicas < running;

    private void Remember(Assignment[] orders)
    {
        long now = _simulator.Time.GetTimestamp();
        var ids = orders.ToDictionary(order => order.Id);
        foreach ((AssignmentId id, Assignment order) in _present.ToArray())
        {
            if (ids.TryGetValue(id, out Assignment? next) && ReferenceEquals(next, order)) continue;
            if (!_history.TryGetValue(id, out var past)) _history[id] = past = [];
            past.Add((now, order));
            _present.Remove(id);
        }
        foreach (Assignment order in orders)
        {
            if (!_present.ContainsKey(order.Id) && _history.TryGetValue(order.Id, out var past) && past.Count == 0) past.Add((now, null));
            _present[order.Id] = order;
        }
    }
}
