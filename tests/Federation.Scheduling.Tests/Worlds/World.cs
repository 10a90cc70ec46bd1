using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Scheduling.Tests.Worlds;

/// <summary>The planner's two arguments, written down step by step. Clusters come with their nodes, all Ready and able, unless said otherwise.</summary>
internal sealed class World
{
    public static readonly string[] AllCapabilities =
    [
        Capability.Process, Capability.Image, Capability.MemoryLimit, Capability.CpuLimit, Capability.Fencing, Capability.Volumes, Capability.TenantIsolation,
    ];

    public List<Cluster> Clusters { get; } = [];

    public List<PlannedWorkload> Workloads { get; } = [];

    public List<NodeObservation> Nodes { get; } = [];

    public List<Verdict> Verdicts { get; } = [];

    public List<Assignment> Assignments { get; } = [];

    public List<ReplicaObservation> Replicas { get; } = [];

    public HashSet<ToleratedLoss> Ended { get; } = [];

    public DesiredState Desired => new() { Clusters = Clusters, Workloads = Workloads };

    public ObservedState Observed => new() { Nodes = Nodes, Verdicts = Verdicts, Assignments = Assignments, Replicas = Replicas, TolerationsEnded = Ended };

    public static WorkloadKey Key(string name) => WorkloadKey.Parse($"acme/shop/{name}");

    public PlacementPlan Plan() => PlacementPlanner.Compute(Desired, Observed);

    /// <summary>The binding of a workload, as text: <c>eu/n1=2 us/n1=1 (1 unplaced)</c>.</summary>
    public string Place(string workload) => Text(Plan().Bindings.Single(b => b.Workload == Key(workload)));

    public static string Text(Binding binding)
    {
        string text = string.Join(' ', binding.Shares.Select(s => $"{s.Cluster}{(s.Node is { } n ? $"/{n}" : "")}={s.Replicas}"));
        return binding.Unplaced > 0 ? $"{text} ({binding.Unplaced} unplaced)".TrimStart() : text;
    }

    public World Cluster(string name, int nodes = 1, int cpu = 4000, string? labels = null, ClusterKind kind = ClusterKind.Node, ClusterSpec? spec = null, string[]? capabilities = null)
    {
        Clusters.Add(new Cluster
        {
            Metadata = new ResourceMetadata { Name = name, Labels = labels?.Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]) },
            Spec = (spec ?? new ClusterSpec()) with { Kind = kind },
        });
        for (int n = 1; n <= nodes; n++) Node(name, $"n{n}", cpu, capabilities: capabilities);
        if (kind != ClusterKind.Node) Verdict(name, null, VerdictState.Ready);
        return this;
    }

    public World Node(string cluster, string node, int cpu = 4000, int foreign = 0, string[]? capabilities = null)
    {
        Nodes.Add(new NodeObservation
        {
            Cluster = new(cluster),
            Node = new(node),
            Allocatable = new(new CpuMillis(cpu), new MemoryBytes(8L << 30)),
            Foreign = new(new CpuMillis(foreign), default),
            Capabilities = capabilities ?? AllCapabilities,
        });
        return Verdict(cluster, node, VerdictState.Ready);
    }

    public World Verdict(string cluster, string? node, VerdictState state, bool leaseEnded = false)
    {
        Verdicts.RemoveAll(v => v.Cluster.Value == cluster && v.Node?.Value == node);
        Verdicts.Add(new Verdict
        {
            Cluster = new(cluster),
            Node = node is null ? null : new NodeId(node),
            State = state,
            Revision = 1,
            Reason = $"test says {state}",
            LeaseEnded = leaseEnded,
        });
        return this;
    }

    /// <summary>The cluster's nodes are lost, and the workload's toleration (of every workload if left out) has ended.</summary>
    public World Lose(string cluster, string? workload = null, bool leaseEnded = false)
    {
        foreach (NodeObservation node in Nodes.Where(n => n.Cluster.Value == cluster).ToList()) Verdict(cluster, node.Node.Value, VerdictState.NotReady, leaseEnded);
        if (Verdicts.Exists(v => v.Cluster.Value == cluster && v.Node is null)) Verdict(cluster, null, VerdictState.NotReady, leaseEnded);
        foreach (PlannedWorkload w in Workloads.Where(w => workload is null || w.Key == Key(workload))) Ended.Add(new ToleratedLoss(w.Key, new(cluster), null));
        return this;
    }

    public World Change(string cluster, Func<ClusterSpec, ClusterSpec> change)
    {
        int i = Clusters.FindIndex(c => c.Metadata.Name == cluster);
        Clusters[i] = Clusters[i] with { Spec = change(Clusters[i].Spec) };
        return this;
    }

    public World Workload(string name, int? replicas = 1, PlacementPolicySpec? policy = null, int cpu = 1000, bool singleton = false, params Volume[] volumes)
    {
        Workloads.Add(new PlannedWorkload
        {
            Key = Key(name),
            Uid = $"uid-{name}",
            Generation = 1,
            Spec = new WorkloadSpec
            {
                Replicas = replicas,
                Singleton = singleton,
                Template = new WorkloadTemplate
                {
                    Process = new ProcessTemplate { Command = "serve" },
                    Resources = new ResourceRequirements { Cpu = new(cpu), Memory = new(1 << 20) },
                    Volumes = volumes.Length == 0 ? null : [.. volumes.Select(v => new VolumeReference { Name = v.Metadata.Name })],
                },
            },
            Policy = policy ?? new PlacementPolicySpec(),
            Volumes = volumes,
        });
        return this;
    }

    public World Change(string workload, Func<PlannedWorkload, PlannedWorkload> change)
    {
        int i = Workloads.FindIndex(w => w.Key == Key(workload));
        Workloads[i] = change(Workloads[i]);
        return this;
    }

    public World Scale(string workload, int replicas) => Change(workload, w => w with { Spec = w.Spec with { Replicas = replicas } });

    public static Volume Volume(string name, string? cluster = null, string? node = null, bool shared = false) => new()
    {
        Metadata = new ResourceMetadata { Name = name, Namespace = "shop", Tenant = new("acme") },
        Spec = new VolumeSpec { Shared = shared },
        Status = cluster is null ? null : new VolumeStatus { HomeCluster = new(cluster), HomeNode = node is null ? null : new NodeId(node) },
    };

    public World Assign(string workload, string cluster, string? node, int replicas, AssignmentState state = AssignmentState.Active, int? observed = null)
    {
        PlannedWorkload w = Workloads.Single(x => x.Key == Key(workload));
        Order(w, new(cluster), node is null ? null : new NodeId(node), replicas, state);
        for (int i = 0; i < (observed ?? replicas); i++) Observe(w, new(cluster), node is null ? null : new NodeId(node), i);
        return this;
    }

    public void Order(PlannedWorkload w, ClusterId cluster, NodeId? node, int replicas, AssignmentState state)
    {
        AssignmentId id = IdOf(w.Uid, cluster, node);
        Assignments.RemoveAll(a => a.Id == id);
        Assignments.Add(new Assignment
        {
            Id = id,
            Workload = w.Key,
            WorkloadUid = w.Uid,
            Cluster = cluster,
            Node = node,
            Replicas = replicas,
            Generation = w.Generation,
            Revision = new("r1"),
            Template = w.Spec.Template,
            Singleton = w.Spec.Singleton,
            State = state,
        });
    }

    public void Observe(PlannedWorkload w, ClusterId cluster, NodeId? node, int number) => Replicas.Add(new ReplicaObservation
    {
        Id = new($"{IdOf(w.Uid, cluster, node)}.{number}"),
        Assignment = IdOf(w.Uid, cluster, node),
        Workload = w.Key,
        Cluster = cluster,
        Node = node,
        Revision = new("r1"),
        State = ReplicaState.Ready,
    });

    public static AssignmentId IdOf(string uid, ClusterId cluster, NodeId? node) => new(node is null ? $"{uid}.{cluster}" : $"{uid}.{cluster}.{node}");

    /// <summary>The same world with the plan carried out. What left its place is gone, or, if asked, still on its way out.</summary>
    public World Apply(PlacementPlan plan, bool leftoversStay = false)
    {
        World next = Copy();
        foreach (Binding binding in plan.Bindings)
        {
            PlannedWorkload w = next.Workloads.Single(x => x.Key == binding.Workload);
            var wanted = binding.Shares.Select(s => IdOf(w.Uid, s.Cluster, s.Node)).ToHashSet();
            foreach (Assignment left in next.Assignments.Where(a => a.WorkloadUid == w.Uid && !wanted.Contains(a.Id)).ToList())
            {
                next.Assignments.Remove(left);
                if (!leftoversStay)
                {
                    next.Replicas.RemoveAll(r => r.Assignment == left.Id);
                    continue;
                }
                Verdict? verdict = next.Verdicts.Find(v => v.Cluster == left.Cluster && v.Node == left.Node);
                bool lost = verdict is { State: VerdictState.NotReady or VerdictState.Unreachable };
                next.Assignments.Add(left with { State = lost ? AssignmentState.Unreachable : AssignmentState.Withdrawn });
            }
            foreach (BindingShare share in binding.Shares)
            {
                Assignment? before = next.Assignments.Find(a => a.Id == IdOf(w.Uid, share.Cluster, share.Node));
                next.Order(w, share.Cluster, share.Node, share.Replicas, AssignmentState.Active);
                if (leftoversStay)
                {
                    if (before is not null) next.StillUse(w, before, share.Replicas);
                    continue;
                }
                next.Replicas.RemoveAll(r => r.Assignment == IdOf(w.Uid, share.Cluster, share.Node));
                for (int i = 0; i < share.Replicas; i++) next.Observe(w, share.Cluster, share.Node, i);
            }
        }
        return next;
    }

    /// <summary>What an order used before it was lowered or changed it uses on, until its replicas have ended.</summary>
    private void StillUse(PlannedWorkload w, Assignment before, int planned)
    {
        int used = Math.Max(before.Replicas + before.Surge, Replicas.Count(r => r.Assignment == before.Id));
        ResourceAmount old = before.Template.Resources!.Reserved, now = w.Spec.Template.Resources!.Reserved;
        int i = Assignments.FindIndex(a => a.Id == before.Id);
        if (old == now) Assignments[i] = Assignments[i] with { Surge = Math.Max(0, used - planned) };
        if (old == now) return;
        Replicas.RemoveAll(r => r.Assignment == before.Id);
        Assignments.Add(before with
        {
            Id = new($"{before.Id}.before"),
            WorkloadUid = "before",
            State = AssignmentState.Withdrawn,
            Replicas = 1,
            Surge = 0,
            Template = new WorkloadTemplate
            {
                Resources = new ResourceRequirements
                {
                    Cpu = new(Math.Max(0, old.Cpu.Value * used - now.Cpu.Value * planned)),
                    Memory = new(Math.Max(0, old.Memory.Value * used - now.Memory.Value * planned)),
                },
            },
        });
    }

    public World Copy()
    {
        var copy = new World();
        copy.Clusters.AddRange(Clusters);
        copy.Workloads.AddRange(Workloads);
        copy.Nodes.AddRange(Nodes);
        copy.Verdicts.AddRange(Verdicts);
        copy.Assignments.AddRange(Assignments);
        copy.Replicas.AddRange(Replicas);
        copy.Ended.UnionWith(Ended);
        return copy;
    }
}
