using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Reconciling;

public sealed partial class KubernetesReconciler
{
    /// <summary>What is offered in the name of every cluster whose owner grants rights on its machines.</summary>
    internal static readonly string[] Declared = Offer(machineRights: true, keepsPolicies: true);

    private const string Nodes = "nodes", Pods = "pods", Deployments = "deployments", Sets = "statefulsets", JobsFeed = "jobs", CronsFeed = "cronjobs", BudgetsFeed = "poddisruptionbudgets", Events = "events";

    // What is known only once each of these was told whole.
    private static readonly string[] Needed = [Nodes, Pods, Deployments, Sets];

    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SeenPod> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Name), ReplicatedObject> _deployments = [];
    private readonly SortedDictionary<ReplicaId, KubernetesReplica> _replicas = [];
    // The same again, as the last look found them: an agent may have hundreds of orders and ten thousand replicas.
    private ILookup<AssignmentId, KubernetesReplica> _ofAssignment = Array.Empty<KubernetesReplica>().ToLookup(static replica => replica.Owner.Assignment);
    private ILookup<(string? Namespace, string Deployment), KubernetesReplica> _ofDeployment = Array.Empty<KubernetesReplica>().ToLookup(static replica => (replica.Pod.Metadata.Namespace, replica.Deployment));
    private readonly Dictionary<string, string> _troubles = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private (long Term, long Revision) _applied;
    private IReadOnlyList<EligibleMachines> _machines = [];
    private (long Nodes, long Term, long Revision)? _countedAt;
    private long _nodeChanges;
    private long _looks;

    // What is followed only where the agent's rights in the cluster are not older than it, and what is offered by it.
    private static readonly (string Feed, string Capability)[] Newer = [(JobsFeed, Capability.Jobs), (CronsFeed, Capability.Schedules), (BudgetsFeed, Capability.DisruptionBudgets)];

    private readonly HashSet<string> _denied = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _offeredNow;

    private bool Denied(string feed) => _denied.Contains(feed);

    private void Deny(string feed, bool denied)
    {
        if (denied ? _denied.Add(feed) : _denied.Remove(feed)) _offeredNow = [.. _offered.Where(capability => !Newer.Any(newer => newer.Capability == capability && Denied(newer.Feed)))];
    }

    private static string[] Offer(bool machineRights, bool keepsPolicies) =>
    [
        Capability.Image, Capability.MemoryLimit, Capability.CpuLimit, Capability.Volumes, Capability.DisruptionBudgets,
        .. OfferedCapabilities.Kubernetes.Under(machineRights).Where(capability => keepsPolicies || capability != Capability.ClosedNetworks),
    ];

    private void TakeNode(FeedStep<Node> step)
    {
        _nodeChanges++;
        switch (step)
        {
            case FeedStep<Node>.Relisted relisted:
                _nodes.Clear();
                foreach (Node node in relisted.Objects) _nodes[node.Metadata.Name] = node;
                break;
            case FeedStep<Node>.Put put:
                _nodes[put.Object.Metadata.Name] = put.Object;
                break;
            case FeedStep<Node>.Gone gone:
                _nodes.Remove(gone.Object.Metadata.Name);
                break;
            default:
                break;
        }
    }

    private void TakePod(FeedStep<Pod> step)
    {
        switch (step)
        {
            case FeedStep<Pod>.Relisted relisted:
                _pods.Clear();
                foreach (Pod pod in relisted.Objects) _pods[pod.Metadata.Uid!] = SeenPod.Of(pod);
                _warnings.Keep("Pod", _pods.Keys);
                break;
            case FeedStep<Pod>.Put put:
                _pods[put.Object.Metadata.Uid!] = SeenPod.Of(put.Object);
                break;
            case FeedStep<Pod>.Gone gone:
                _pods.Remove(gone.Object.Metadata.Uid!);
                _warnings.Forget(gone.Object.Metadata.Uid!);
                break;
            default:
                break;
        }
    }

    // Of those that are known by their names alone: Deployments, StatefulSets, CronJobs, PodDisruptionBudgets, Services.
    private static void Take<T>(Dictionary<(string Namespace, string Name), T> known, FeedStep<T> step) where T : class, IApiObject
    {
        switch (step)
        {
            case FeedStep<T>.Relisted relisted:
                known.Clear();
                foreach (T one in relisted.Objects) known[(one.Metadata.Namespace!, one.Metadata.Name)] = one;
                break;
            case FeedStep<T>.Put put:
                known[(put.Object.Metadata.Namespace!, put.Object.Metadata.Name)] = put.Object;
                break;
            case FeedStep<T>.Gone gone:
                known.Remove((gone.Object.Metadata.Namespace!, gone.Object.Metadata.Name));
                break;
            default:
                break;
        }
    }

    // What the pods are now; true if the cluster was seen whole and is heard.
    private bool Look(string plane)
    {
        if (_recognised != _listed) return false;
        if (!Needed.All(_seen.Contains) || !Newer.All(newer => Denied(newer.Feed) || _seen.Contains(newer.Feed))) return false;
        string mark = NamesOf(plane).Owner();
        _looks++;
        foreach ((Pod pod, _) in _pods.Values)
        {
            // What has ended for good is replaced by its Deployment, and only its remains are listed.
            if (pod.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) != mark || pod.Status.Phase is "Succeeded" or "Failed") continue;
            // The pods of a Job are its own: the Job is the replica.
            if (pod.Metadata.Labels.ContainsKey(KubernetesLabels.Job) || KubernetesLabels.OwnerOf(pod.Metadata.Annotations) is not { } owner) continue;
            var id = new ReplicaId(pod.Metadata.Uid!);
            if (!_replicas.TryGetValue(id, out KubernetesReplica? replica)) _replicas[id] = replica = new KubernetesReplica(pod, owner, PodForm.Read(pod.Metadata.Annotations?.GetValueOrDefault(KubernetesLabels.Form)));
            replica.Pod = pod;
            replica.SeenAt = _looks;
            Take(replica, StateOf(pod, replica));
        }
        LookAtJobs(NamesOf(plane));
        LookAtCrons(NamesOf(plane));
        foreach (KubernetesReplica gone in _replicas.Values.Where(replica => replica.SeenAt != _looks).ToArray()) _replicas.Remove(gone.Id);
        foreach (KubernetesReplica replica in _replicas.Values)
            replica.UnownedSince = replica is { Job: null, Cron: null, IsEnding: false } && !HasOwner(replica) ? replica.UnownedSince ?? _time.GetTimestamp() : null;
        _ofAssignment = _replicas.Values.ToLookup(static replica => replica.Owner.Assignment);
        _ofDeployment = _replicas.Values.ToLookup(static replica => (replica.Pod.Metadata.Namespace, replica.Deployment));
        foreach (ReplicatedObject set in _sets.Values) AnswerWarning(set);
        // A Deployment has as many as it was told to have: those that the cluster spared serve again.
        foreach (IGrouping<(string? Namespace, string Deployment), KubernetesReplica> group in _ofDeployment)
        {
            if (!_deployments.TryGetValue((group.Key.Namespace!, group.Key.Deployment), out ReplicatedObject? deployment) || group.Count(static replica => !replica.IsEnding) > (deployment.Spec.Replicas ?? 1)) continue;
            foreach (KubernetesReplica replica in group)
                if (replica is { IsEnding: false, Drain: DrainStage.Surrendered }) replica.Drain = DrainStage.None;
        }
        return _troubles.Count == 0 || !_troubles.Keys.Any(IsNeeded);
    }

    private bool HasOwner(KubernetesReplica replica)
    {
        (string, string) key = (replica.Pod.Metadata.Namespace!, replica.Deployment);
        return (_deployments.TryGetValue(key, out ReplicatedObject? owner) || _sets.TryGetValue(key, out owner)) && owner.Metadata.DeletionTimestamp is null;
    }

    private bool IsNeeded(string what) => Needed.Contains(what) || (Newer.Any(newer => newer.Feed == what) && !Denied(what));

    // Judged anew only where something of what it is judged by is new.
    private PodState StateOf(Pod pod, KubernetesReplica replica)
    {
        Node? node = pod.Spec.NodeName is { } name ? _nodes.GetValueOrDefault(name) : null;
        string? warning = _warnings.Of(pod.Metadata.Uid!)?.Text;
        if (replica.Judged is { } before && ReferenceEquals(before.Pod, pod) && ReferenceEquals(before.Node, node) && before.Warning == warning) return before.State;
        replica.ImageError = PodDiagnosis.ImageErrorOf(pod) ?? replica.ImageError;
        PodState state = PodDiagnosis.Of(pod, node, warning, replica.ImageError) with { Cordoned = node?.Spec.Unschedulable == true };
        replica.Judged = (pod, node, warning, state);
        return state;
    }

    private void Take(KubernetesReplica replica, PodState state)
    {
        if (state.State == ReplicaState.Ready) replica.WasReady = true;
        if (state.State == ReplicaState.Starting && replica.WasReady) state = state with { State = ReplicaState.Unready };
        if (replica.Drain != DrainStage.None && state.State is ReplicaState.Ready or ReplicaState.Unready) state = state with { State = ReplicaState.Draining };
        replica.State = state;
        if (replica.Drain == DrainStage.Draining && _time.GetTimestamp() >= replica.DrainUntil) replica.Drain = DrainStage.Over;
    }

    // In the order in which the cluster would end them: what is not ready first, then what was marked, then the youngest.
    private DeploymentTurn TurnOf(ReplicatedObject deployment, PodOwner owner)
    {
        IEnumerable<KubernetesReplica> pods = _ofDeployment[(deployment.Metadata.Namespace, deployment.Metadata.Name)]
            .Where(static replica => !replica.IsEnding)
            .OrderByDescending(static replica => replica.Drain == DrainStage.Surrendered).ThenBy(static replica => replica.State.State is ReplicaState.Ready or ReplicaState.Draining)
            .ThenByDescending(static replica => replica.Pod.Metadata.CreationTimestamp).ThenByDescending(static replica => replica.Id);
        return new DeploymentTurn(deployment.Metadata.Name, owner.Revision, deployment.Spec.Replicas ?? 1,
        [
            .. pods.Select(static replica => new PodTurn(
                replica.Id, Alive: replica.State.State is not (ReplicaState.BackOff or ReplicaState.Ended), replica.State.State == ReplicaState.Ready, replica.Drain, replica.Form.DrainSeconds)),
        ]);
    }

    private bool IsUnderWay() =>
        _moving.Count > 0 || _refusals.Count > 0 || _unpublished.Count > 0 || _replicas.Values.Any(static replica => replica.Drain != DrainStage.None || replica.IsEnding || replica.State.State == ReplicaState.Stopping);

    private void Publish(string plane, bool obeyed, Orders orders)
    {
        if (obeyed) _applied = (orders.Term, orders.Revision);
        string mark = NamesOf(plane).Owner();
        ClusterCapacity capacity = ClusterCapacity.Of(_nodes.Values, _pods.Values, pod => pod.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) == mark);
        var node = new NodeObservation
        {
            Cluster = _options.Cluster,
            Node = _options.Node,
            Allocatable = capacity.Allocatable,
            Foreign = capacity.Foreign,
            Capabilities = _offeredNow,
            Machines = MachinesFor(orders),
            AppliedRevision = _applied.Revision,
            AppliedTerm = _applied.Term,
            // A cluster is never booted: an empty list of what ran a moment ago is always odd.
            BootId = mark,
            AgentVersion = _options.AgentVersion,
        };
        var replicas = new List<ReplicaObservation>(_replicas.Count);
        replicas.AddRange(_replicas.Values.Select(Observe));
        replicas.AddRange(Held(plane));
        Publish(new ClusterObservationSet(0, [node], replicas));
    }

    // For orders of one pod a node: how many there are. The same list as long as it says the same.
    private IReadOnlyList<EligibleMachines> MachinesFor(Orders orders)
    {
        if (_countedAt == (_nodeChanges, orders.Term, orders.Revision)) return _machines;
        _countedAt = (_nodeChanges, orders.Term, orders.Revision);
        var now = new List<EligibleMachines>();
        foreach (Assignment order in orders.Desired.Select(static desired => desired.Assignment).Where(static order => ContainerNeeds.RunsOnEachMachine(order.Template)))
        {
            var terms = NodeTerms.Of(order.Template);
            now.Add(new EligibleMachines(order.Id, _nodes.Values.Count(terms.AreMetBy)));
        }
        return _machines = _machines.SequenceEqual(now) ? _machines : now;
    }

    // Its pods may run on: only what the API server tells is old.
    private void PublishUnseen(string told)
    {
        if (_observed.Current is not { Version: > 0 } last) return;
        Publish(last with { Replicas = [.. last.Replicas.Select(replica => replica with { Message = told })] });
    }

    private void Publish(ClusterObservationSet set)
    {
        ClusterObservationSet last = _observed.Current;
        if (last.Version > 0 && Same(last.Nodes, set.Nodes) && last.Replicas.Count == set.Replicas.Count
            && last.Replicas.Zip(set.Replicas).All(static pair => ReferenceEquals(pair.First, pair.Second) || (pair.First with { Ports = pair.Second.Ports } == pair.Second && pair.First.Ports.SequenceEqual(pair.Second.Ports)))) return;
        long version = _observed.Version + 1;
        _observed.TryPublish(set with { Version = version }, version);

        static bool Same(IReadOnlyList<NodeObservation> a, IReadOnlyList<NodeObservation> b) => a.SequenceEqual(b);
    }

    // The same one as long as it says the same.
    private ReplicaObservation Observe(KubernetesReplica replica)
    {
        string? contested = _contested.Count == 0 ? null : replica.Cron is not null ? _contested.GetValueOrDefault(CronKey(replica.Pod.Metadata.Namespace!, replica.Owner.Workload.Name)) : _contested.GetValueOrDefault(replica.Deployment) ?? _contested.GetValueOrDefault($"{replica.Pod.Metadata.Namespace}/{replica.Deployment}");
        if (_unguarded.Count > 0) contested ??= _unguarded.GetValueOrDefault(replica.Owner.Assignment);
        if (_unpublished.Count > 0) contested ??= _unpublished.GetValueOrDefault(replica.Owner.Assignment);
        if (replica.Told is { } told && ReferenceEquals(told.Pod, replica.Pod) && ReferenceEquals(told.Job, replica.Job) && told.State == replica.State && told.Drain == replica.Drain && told.Contested == contested)
            return told.Observation;
        var observation = new ReplicaObservation
        {
            Id = replica.Id,
            Assignment = replica.Owner.Assignment,
            Workload = replica.Owner.Workload,
            Cluster = _options.Cluster,
            Node = _options.Node,
            Revision = replica.Owner.Revision,
            State = replica.State.State,
            Ports = replica.State.State != ReplicaState.Ended && replica.Pod.Status.PodIP is { Length: > 0 } ? [.. replica.Form.Reached.Select(static port => new ReplicaPort(port.Name, port.Number, port.Protocol))] : [],
            Restarts = replica.State.Restarts,
            StartedAt = OwnContainer.Of(replica.Pod) is { } own ? (replica.Pod.Status.ContainerStatuses ?? []).FirstOrDefault(status => status.Name == own.Name)?.State?.Running?.StartedAt : null,
            LastEnd = replica.State.LastEnd,
            Succeeded = replica is { Job: not null, IsEnding: false, Drain: DrainStage.None } ? replica.State.Succeeded : null,
            Cordoned = replica.State.Cordoned ? true : null,
            Message = replica.State.State == ReplicaState.Ready ? contested ?? replica.State.Message : replica.State.Message,
        };
        replica.Told = (replica.Pod, replica.Job, replica.State, replica.Drain, contested, observation);
        return observation;
    }
}
