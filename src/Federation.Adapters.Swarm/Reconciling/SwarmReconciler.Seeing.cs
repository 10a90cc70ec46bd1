using System.Globalization;
using Federation.Adapters.Swarm.Adopting;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Engine.Containers;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Reconciling;

public sealed partial class SwarmReconciler
{

    /// <summary>What is offered in the name of every swarm of new engines whose owner grants rights on its machines.</summary>
    internal static readonly string[] Declared = Offer(machineRights: true);

    // An older engine takes the word and does not obey it: Privileges.NoNewPrivileges came with 25.0 (API 1.44), https://docs.docker.com/reference/api/engine/version-history/.
    private const int KnowsNoNewPrivileges = 25;

    // An older engine takes the word here too, and shows the whole volume: VolumeOptions.Subpath came to swarms with 27.0.
    private const int KnowsVolumeParts = 27;

    private readonly SortedDictionary<ReplicaId, SwarmReplica> _replicas = [];
    private readonly Dictionary<string, SlotHistory> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _made = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, AdoptedService> _adopted = new Dictionary<string, AdoptedService>();
    private string? _ownNode;
    private string? _swarm;
    private bool _hasSecrets;
    private bool _first = true;
    private (long Term, long Revision) _applied;
    private IReadOnlyList<string> _offered = [];
    private IReadOnlyList<EligibleMachines> _machines = [];

    /// <summary>Where a replica's port is reached; null if it does not run, or has no such port.</summary>
    /// <param name="id">The replica.</param>
    /// <param name="port">The port's name; empty for the first.</param>
    public TaskEndpoint? FindRunning(ReplicaId id, string port)
    {
        lock (_gate)
        {
            return _replicas.TryGetValue(id, out SwarmReplica? replica) && replica.Task.IsUp()
                ? replica.Endpoints.FirstOrDefault(endpoint => port.Length == 0 || endpoint.Name == port)
                : null;
        }
    }

    /// <summary>Where a replica runs; null if it does not run.</summary>
    public TaskPlace? PlaceOf(ReplicaId id)
    {
        lock (_gate)
        {
            return _replicas.TryGetValue(id, out SwarmReplica? replica) && replica.Task is { NodeId: { } machine, Status.ContainerStatus.ContainerId: { Length: > 0 } container } && replica.Task.IsUp()
                ? new TaskPlace(machine, replica.Machine ?? machine, container)
                : null;
        }
    }

    /// <summary>Whether a replica's container has a terminal, so that its output comes as it is written there.</summary>
    public bool HasTerminal(ReplicaId id)
    {
        lock (_gate) return _replicas.TryGetValue(id, out SwarmReplica? replica) && replica.Task.Spec.ContainerSpec is { Tty: true };
    }

    // Takes over what was listed, and asks those whose turn it is.
    private async Task TakeAsync(EngineClient manager, string plane, SwarmView view, CancellationToken cancellationToken)
    {
        if (_swarm is null)
        {
            SwarmMembership membership = (await manager.InfoAsync(cancellationToken)).Swarm ?? new SwarmMembership();
            _ownNode = membership.NodeId;
            _swarm = (await manager.InspectSwarmAsync(cancellationToken)).Id;
        }
        _adopted = AdoptedServices.In(view.Services, plane, _options.Cluster, _adopted);
        await NoteEndsAsync(manager, plane, view, cancellationToken);
        lock (_gate)
        {
            var listed = new HashSet<ReplicaId>();
            HashSet<string> ended = RunEnds.Of(view), services = [.. view.Services.Select(static service => service.Id)];
            foreach (SwarmTask task in view.Tasks)
            {
                if (task.HasEnded() && !task.WaitsItsTurn() && !ended.Contains(task.Id)) continue;
                if (OwnerOf(task, plane) is not { } owner) continue;
                AdoptedService? adopted = _adopted.GetValueOrDefault(task.ServiceId);
                var id = new ReplicaId(task.Id);
                listed.Add(id);
                if (!_replicas.TryGetValue(id, out SwarmReplica? replica)) _replicas[id] = replica = new SwarmReplica(task, owner, ReplicaForm.Read(task.Spec.ContainerSpec!.Labels));
                if (adopted is not null) (replica.Owner, replica.Form, replica.Adopted) = (owner, adopted.Form, adopted);
                replica.Task = task;
                replica.Unserved = !services.Contains(task.ServiceId);
                replica.Succeeded = ended.Contains(task.Id) ? task.Status.State == "complete" : null;
                SwarmNode? node = task.NodeId is { } name ? view.Nodes.GetValueOrDefault(name) : null;
                replica.Machine = node?.Description.Hostname;
                // After a change of their leader the managers know nothing of a machine for a while, and tell so: what answers there is well all the same.
                replica.Lost = task.NodeId is null || node is { Status.State: not "down" } ? null
                    : node is null ? "its machine has left the swarm"
                    : $"its machine {node.Description.Hostname} is {node.Status.State} for the swarm{(node.Status.Message is { Length: > 0 } why ? $" ({why})" : "")}";
                TakeEndpoints(replica, node);
                if (!task.IsUp()) replica.Ready = false;
            }
            foreach (ReplicaId gone in _replicas.Keys.Where(id => !listed.Contains(id)).ToArray()) _replicas.Remove(gone);
            SettleDrains(view);
            BeginProbes(cancellationToken);
        }
        if (!_first) return;
        // What is told first is true at once: a follower must not see replicas unready that served all the time.
        while (true)
        {
            Task[] probes;
            lock (_gate) probes = [.. _probes];
            if (probes.Length == 0) break;
            await Task.WhenAll(probes);
            lock (_gate)
            {
                _probes.RemoveAll(static probe => probe.IsCompleted);
                if (_replicas.Values.All(static replica => !IsProbed(replica) || replica.Asked)) break;
                BeginProbes(cancellationToken);
            }
        }
        _first = false;
    }

    // By the marks of its container; where it was adopted, by those of its service.
    private TaskOwner? OwnerOf(SwarmTask task, string plane) => _adopted.GetValueOrDefault(task.ServiceId)?.Owner ?? SwarmLabels.OwnerOf(task.Spec.ContainerSpec?.Labels, plane, _options.Cluster);

    private async Task NoteEndsAsync(EngineClient manager, string plane, SwarmView view, CancellationToken cancellationToken)
    {
        var slots = new HashSet<string>(StringComparer.Ordinal);
        foreach (SwarmTask task in view.Tasks.OrderBy(static task => task.Status.Timestamp))
        {
            if (OwnerOf(task, plane) is null) continue;
            string slot = RunEnds.SlotOf(task);
            slots.Add(slot);
            if (task.Status.State is not ("failed" or "rejected" or "complete")) continue;
            SlotHistory? history;
            lock (_gate)
                if (!_slots.TryGetValue(slot, out history)) _slots[slot] = history = new SlotHistory();
            if (history.IsNew(task.Id)) history.Note(task.Id, await DescribeEndAsync(manager, task, cancellationToken));
        }
        lock (_gate)
            foreach (string gone in _slots.Keys.Where(slot => !slots.Contains(slot)).ToArray()) _slots.Remove(gone);
    }

    private async Task<string> DescribeEndAsync(EngineClient manager, SwarmTask task, CancellationToken cancellationToken)
    {
        int code = task.Status.ContainerStatus?.ExitCode ?? 0;
        if (task.Status.State == "rejected" || (code == 0 && task.Status.Err is { Length: > 0 })) return task.Status.Err ?? "the machine refused it";
        if (code is > 128 and <= 192)
        {
            MemoryBytes? most = ReplicaForm.Read(task.Spec.ContainerSpec?.Labels).MemoryLimit;
            string limit = most is null ? "for want of memory" : $"above its memory limit of {most}";
            bool? outOfMemory = code == ContainerState.KilledCode ? await WasOutOfMemoryAsync(manager, task, limited: most is not null, cancellationToken) : false;
            if (outOfMemory == true) return $"killed: {limit}";
            // Of containers on other machines a manager tells the exit code alone.
            return string.Create(CultureInfo.InvariantCulture, $"killed by signal {code - 128}{(outOfMemory is null ? $", perhaps {limit}" : "")}");
        }
        string said = task.Status.Err is { Length: > 0 } error && !error.StartsWith("task: non-zero exit", StringComparison.Ordinal) ? $": {error}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"exit code {code}{said}");
    }

    private async Task<bool?> WasOutOfMemoryAsync(EngineClient manager, SwarmTask task, bool limited, CancellationToken cancellationToken)
    {
        if (task.NodeId != _ownNode || task.Status.ContainerStatus?.ContainerId is not { Length: > 0 } container) return null;
        try
        {
            ContainerDetails ended = await manager.InspectContainerAsync(container, cancellationToken);
            return ended.State.OutOfMemory || (limited && await manager.RanOutOfMemoryAsync(ended, cancellationToken));
        }
        catch (EngineException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    // A service has as many as it was told to have: those that the swarm spared serve again.
    private void SettleDrains(SwarmView view)
    {
        var told = view.Services.Where(static service => service.Spec.Mode?.Replicated is not null).ToDictionary(static service => service.Id, static service => (int)service.Spec.Mode!.Replicated!.Replicas);
        foreach (IGrouping<string, SwarmReplica> service in _replicas.Values.Where(static replica => !replica.IsLeaving).GroupBy(static replica => replica.Task.ServiceId))
        {
            if (!told.TryGetValue(service.Key, out int count) || service.Count() > count) continue;
            foreach (SwarmReplica replica in service)
                if (replica.Drain == DrainStage.Surrendered) replica.Drain = DrainStage.None;
        }
        foreach (SwarmReplica replica in _replicas.Values)
            if (replica.Drain == DrainStage.Draining && _time.GetTimestamp() >= replica.DrainUntil) replica.Drain = DrainStage.Over;
    }

    private void Drain(ReplicaId id)
    {
        SwarmReplica replica = _replicas[id];
        replica.Drain = DrainStage.Draining;
        replica.DrainUntil = _time.GetTimestamp() + Ticks(TimeSpan.FromSeconds(replica.Form.DrainSeconds));
    }

    // The swarm ends first what does not run, then what shares its machine with most of its kind.
    private ServiceState ServiceStateOf((SwarmService Service, TaskOwner Owner) one)
    {
        SwarmReplica[] wanted = [.. _replicas.Values.Where(replica => replica.Task.ServiceId == one.Service.Id && !replica.IsLeaving)];
        var onNode = new Dictionary<string, int>(StringComparer.Ordinal);
        var nth = new Dictionary<ReplicaId, int>();
        foreach (SwarmReplica replica in wanted)
        {
            string node = replica.Task.NodeId ?? "";
            nth[replica.Id] = onNode[node] = onNode.GetValueOrDefault(node) + 1;
        }
        IEnumerable<SwarmReplica> ordered = wanted
            .OrderByDescending(static replica => replica.Drain == DrainStage.Surrendered).ThenBy(static replica => replica.Task.IsUp())
            .ThenByDescending(replica => nth[replica.Id]).ThenByDescending(static replica => replica.Id);
        return new ServiceState(one.Service.Id, one.Owner.Revision, (int)one.Service.Spec.Mode!.Replicated!.Replicas,
        [
            .. ordered.Select(replica => new TaskState(replica.Id, Alive: StateOf(replica) is not (ReplicaState.BackOff or ReplicaState.Ended), replica.Ready && replica.Lost is null, replica.Drain, replica.Form.DrainSeconds)),
        ]);
    }

    // One on a lost machine may never tell its end: nothing waits for it.
    private IReadOnlyList<(ReplicaId, TemplateRevision)> LeavingOf(AssignmentId assignment) =>
        [.. _replicas.Values.Where(replica => replica.Owner.Assignment == assignment && replica.IsLeaving && replica.Lost is null).Select(static replica => (replica.Id, replica.Owner.Revision))];

    // What the swarm can do, as its owner grants it. The same list as long as it says the same.
    private IReadOnlyList<string> OfferedBy(SwarmView view)
    {
        bool hardens = view.Nodes.Values.All(static node => node.Description.Engine?.Major >= KnowsNoNewPrivileges);
        string[] now = [.. Offer(_options.MachineRights).Where(capability => hardens || capability != Capability.NoNewPrivileges)];
        return _offered = _offered.SequenceEqual(now) ? _offered : now;
    }

    // What of an order's volumes some machine would show otherwise, without a word; null if nothing.
    private static string? UnknownPart(WorkloadTemplate template, SwarmView view)
    {
        if (template.Volumes?.FirstOrDefault(static volume => volume.SubPath is not null) is not { } part) return null;
        SwarmNode? old = view.Nodes.Values.FirstOrDefault(static node => node.Description.Engine is not { Major: >= KnowsVolumeParts });
        return old is null ? null : string.Create(CultureInfo.InvariantCulture,
            $"the part {part.SubPath} of the volume {part.Name} is wanted, and the machine {old.Description.Hostname} has the engine {old.Description.Engine?.EngineVersion}: a swarm shows parts of volumes from Docker {KnowsVolumeParts} on");
    }

    // For orders of one task a machine: how many there are. The same list as long as it says the same.
    private IReadOnlyList<EligibleMachines> MachinesIn(SwarmView view)
    {
        EligibleMachines[] now =
        [
            .. _desired.Values.Select(static desired => desired.Assignment).Where(static order => ContainerNeeds.RunsOnEachMachine(order.Template)).Select(order => new EligibleMachines(
                order.Id, view.Nodes.Values.Count(machine => SwarmCapacity.Takes(machine) && MachineTerms.Meet(machine, order.Template.Container!.Nodes?.Constraints ?? [])))),
        ];
        return _machines = _machines.SequenceEqual(now) ? _machines : now;
    }

    private static string[] Offer(bool machineRights) => [Capability.Image, Capability.MemoryLimit, Capability.CpuLimit, Capability.Volumes, .. OfferedCapabilities.Swarm.Under(machineRights)];

    private bool IsUnderWay()
    {
        lock (_gate) return _moving.Count > 0 || _refusals.Count > 0 || _replicas.Values.Any(static replica => (!replica.Ready && replica.Succeeded is null) || replica.Drain != DrainStage.None || replica.IsLeaving);
    }

    private void Publish(SwarmView view, string plane, Orders? obeyed)
    {
        if (obeyed is not null) _applied = (obeyed.Term, obeyed.Revision);
        SwarmCapacity capacity = SwarmCapacity.Of(view, task => OwnerOf(task, plane) is not null);
        var node = new NodeObservation
        {
            Cluster = _options.Cluster,
            Node = _options.Node,
            Allocatable = capacity.Allocatable,
            Foreign = capacity.Foreign,
            Capabilities = OfferedBy(view),
            Machines = MachinesIn(view),
            AppliedRevision = _applied.Revision,
            AppliedTerm = _applied.Term,
            // A swarm is never booted: an empty list of what ran a moment ago is always odd.
            BootId = _swarm,
            AgentVersion = _options.AgentVersion,
        };
        Publish(new ClusterObservationSet(0, [node], [.. _replicas.Values.Select(Observe), .. Refused()]));
    }

    // Its tasks may run on, and are asked as before: only what the managers tell is old.
    private void PublishUnseen(string told)
    {
        lock (_gate)
        {
            if (_observed.Current is not { Version: > 0 } last) return;
            Publish(last with { Replicas = [.. _replicas.Values.Select(replica => Observe(replica) with { Message = told })] });
        }
    }

    private void Publish(ClusterObservationSet set)
    {
        ClusterObservationSet last = _observed.Current;
        if (last.Version > 0 && last.Nodes.SequenceEqual(set.Nodes) && last.Replicas.Count == set.Replicas.Count
            && last.Replicas.Zip(set.Replicas).All(static pair => pair.First with { Ports = pair.Second.Ports } == pair.Second && pair.First.Ports.SequenceEqual(pair.Second.Ports))) return;
        long version = _observed.Version + 1;
        _observed.TryPublish(set with { Version = version }, version);
    }

    private ReplicaObservation Observe(SwarmReplica replica)
    {
        SlotHistory? history = _slots.GetValueOrDefault(RunEnds.SlotOf(replica.Task));
        ReplicaState state = StateOf(replica);
        return new ReplicaObservation
        {
            Id = replica.Id,
            Assignment = replica.Owner.Assignment,
            Workload = replica.Owner.Workload,
            Cluster = _options.Cluster,
            Node = _options.Node,
            Revision = replica.Owner.Revision,
            State = state,
            Ports = replica.IsOutOfReach ? [] : [.. replica.Endpoints.Select(static endpoint => new ReplicaPort(endpoint.Name, endpoint.At.Port, endpoint.Protocol))],
            // The end of one that is not started again is none of those before a start.
            Restarts = Math.Max(0, (history?.Ends ?? 0) - (replica.Succeeded is null ? 0 : 1)),
            StartedAt = replica.Task.IsUp() ? replica.Task.Status.Timestamp : null,
            LastEnd = history?.LastEnd ?? (replica.Succeeded == false ? "the swarm has stopped it, and starts it nowhere again" : null),
            Succeeded = replica.Succeeded,
            Message = state == ReplicaState.Ended ? null : state == ReplicaState.Ready ? _contested.GetValueOrDefault(replica.Task.ServiceId) ?? (replica.IsOutOfReach ? $"it runs, and has no way in: {replica.Complaint}" : null)
                : replica.Lost ?? replica.Task.Status.Err ?? (replica.Task.IsUp() ? replica.Complaint : replica.Task.Status.Message),
        };
    }

    private ReplicaState StateOf(SwarmReplica replica)
    {
        SwarmTask task = replica.Task;
        if (replica.Succeeded is not null) return ReplicaState.Ended;
        if (task.WaitsItsTurn() && (task.HasEnded() || _slots.GetValueOrDefault(RunEnds.SlotOf(task)) is { Ends: > 0 })) return ReplicaState.BackOff;
        if (task.IsUnwanted()) return ReplicaState.Stopping;
        if (!task.IsUp()) return ReplicaState.Starting;
        if (replica.Lost is not null) return ReplicaState.Unready;
        if (replica.Drain != DrainStage.None) return ReplicaState.Draining;
        return replica.Ready ? ReplicaState.Ready : replica.WasReady ? ReplicaState.Unready : ReplicaState.Starting;
    }

    // An order that has no task tells its reason as one that waits.
    private IEnumerable<ReplicaObservation> Refused()
    {
        foreach ((AssignmentId id, string reason) in _withheld.Concat(_refusals.Where(refusal => !_withheld.ContainsKey(refusal.Key))).OrderBy(static refusal => refusal.Key))
        {
            if (!_desired.TryGetValue(id, out DesiredAssignment? desired)) continue;
            // What is withheld tells it as long as more are wanted than there are.
            int enough = _withheld.ContainsKey(id) ? desired.Assignment.Replicas : 1;
            if (_replicas.Values.Count(replica => replica.Owner.Assignment == id && replica.Owner.Revision == desired.Assignment.Revision) >= enough) continue;
            yield return new ReplicaObservation
            {
                Id = new ReplicaId($"{NamesOf(_options.Plane()!).Service(id, desired.Assignment.Revision, desired.Assignment.Workload)}-refused"),
                Assignment = id,
                Workload = desired.Assignment.Workload,
                Cluster = _options.Cluster,
                Node = _options.Node,
                Revision = desired.Assignment.Revision,
                State = ReplicaState.BackOff,
                Message = reason,
            };
        }
    }
}
