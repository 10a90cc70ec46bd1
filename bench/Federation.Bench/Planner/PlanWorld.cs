using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Scheduling;

namespace Federation.Bench.Planner;

/// <summary>
/// A world, the same at every run: clusters in 20 regions and 4 zones, workloads of 1 to 5 replicas. A cluster is large enough for its part of the
/// workloads, so that worlds of any proportion are about as full.
/// </summary>
internal sealed class PlanWorld
{
    private static readonly string[] Capabilities = [Capability.Process, Capability.MemoryLimit, Capability.CpuLimit];

    public PlanWorld(int clusters, int workloads, int classes, int nodesPerCluster = 1)
    {
        int size = Math.Max(1, workloads / (100 * clusters));
        var declared = new List<Cluster>();
        var nodes = new List<NodeObservation>();
        var verdicts = new List<Verdict>();
        for (int c = 0; c < clusters; c++)
        {
            declared.Add(new Cluster
            {
                Metadata = new ResourceMetadata
                {
                    Name = $"c{c:d4}",
                    Labels = new Dictionary<string, string> { ["region"] = $"r{c % 20}", ["zone"] = $"z{c % 4}", ["provider"] = $"p{c % 3}" },
                },
                Spec = new ClusterSpec
                {
                    Taints = c % 25 == 0 ? [new Taint { Key = "edge" }] : null,
                    Cordoned = c % 100 == 7,
                    PricePerCoreHour = 1 + c % 5,
                },
            });
            for (int n = 0; n < nodesPerCluster; n++)
            {
                nodes.Add(new NodeObservation
                {
                    Cluster = new($"c{c:d4}"),
                    Node = new($"n{n}"),
                    Allocatable = new(new CpuMillis(size * (128_000L + c % 7 * 32_000) / nodesPerCluster), new MemoryBytes(size * (512L << 30) / nodesPerCluster)),
                    Capabilities = Capabilities,
                });
                verdicts.Add(new Verdict { Cluster = new($"c{c:d4}"), Node = new($"n{n}"), State = VerdictState.Ready, Revision = 1, Reason = "bench" });
            }
        }
        var planned = new List<PlannedWorkload>();
        for (int w = 0; w < workloads; w++) planned.Add(Workload(w, w % classes));
        planned.Sort((a, b) => a.Key.CompareTo(b.Key));
        Desired = new DesiredState { Clusters = declared, Workloads = planned };
        Observed = new ObservedState { Nodes = nodes, Verdicts = verdicts, Assignments = [], Replicas = [], TolerationsEnded = new HashSet<ToleratedLoss>() };
    }

    public DesiredState Desired { get; }

    public ObservedState Observed { get; private set; }

    /// <summary>The world with the plan carried out.</summary>
    public void Apply(PlacementPlan plan)
    {
        var assignments = new List<Assignment>();
        for (int w = 0; w < plan.Bindings.Count; w++)
        {
            Binding binding = plan.Bindings[w];
            PlannedWorkload workload = Desired.Workloads[w];
            foreach (BindingShare share in binding.Shares)
            {
                assignments.Add(new Assignment
                {
                    Id = new($"{binding.WorkloadUid}.{share.Cluster}.{share.Node}"),
                    Workload = binding.Workload,
                    WorkloadUid = binding.WorkloadUid,
                    Cluster = share.Cluster,
                    Node = share.Node,
                    Replicas = share.Replicas,
                    Generation = 1,
                    Revision = new("r1"),
                    Template = workload.Spec.Template,
                });
            }
        }
        Observed = Observed with { Assignments = assignments };
    }

    /// <summary>Loses a part of the clusters, and every workload's toleration with them.</summary>
    public void Lose(int clusters)
    {
        var lost = Desired.Clusters.Take(clusters).Select(c => new ClusterId(c.Metadata.Name)).ToHashSet();
        Observed = Observed with
        {
            Verdicts = [.. Observed.Verdicts.Select(v => lost.Contains(v.Cluster) ? v with { State = VerdictState.NotReady } : v)],
            TolerationsEnded = Observed.Assignments.Where(a => lost.Contains(a.Cluster)).Select(a => new ToleratedLoss(a.Workload, a.Cluster, null)).ToHashSet(),
        };
    }

    // Every workload has its own policy and template objects, as it has when it is read from a store.
    private static PlannedWorkload Workload(int number, int kind) => new()
    {
        Key = new WorkloadKey(new($"t{number % 50:d2}"), "default", $"w{number:d6}"),
        Uid = $"00000000-0000-0000-0000-{number:d12}",
        Generation = 1,
        Spec = new WorkloadSpec
        {
            Replicas = 1 + number % 5,
            Template = new WorkloadTemplate
            {
                Process = new ProcessTemplate { Command = "serve" },
                Resources = new ResourceRequirements { Cpu = new(100 + kind % 40 * 10 + kind / 40 % 9), Memory = new((64L << 20) + kind * 4096L), MemoryLimit = kind % 2 == 0 ? new MemoryBytes(1L << 40) : null },
            },
        },
        Policy = new PlacementPolicySpec
        {
            Affinity = kind % 3 == 0 ? [new LabelTerm { Key = "region", Operator = LabelOperator.NotIn, Values = [$"r{kind % 20}", $"r{kind / 20 % 20}"] }] : null,
            Preferred = kind % 5 == 0 ? [new PreferredTerm { Weight = 1 + kind % 100, Term = new LabelTerm { Key = "zone", Values = [$"z{kind % 4}"] } }] : null,
            Tolerations = kind % 7 == 0 ? [new Toleration { Key = "edge" }] : null,
            Spread = kind % 10 == 1 ? [new SpreadRule { Label = "region", Min = 2 }] : null,
            Division = kind % 20 == 3 ? new DivisionRule { Strategy = DivisionStrategy.Weighted } : new DivisionRule(),
        },
    };
}
