using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;

namespace Federation.Scheduling.Tests.Worlds;

/// <summary>The rules once more, written as plainly as can be, slowly, place by place: what the planner is held against.</summary>
internal static class PlainRules
{
    /// <summary>The places of a world: nodes of native clusters, other clusters as a whole.</summary>
    public static List<(ClusterId Cluster, NodeId? Node)> Places(World world) =>
    [
        .. world.Clusters.SelectMany(c => c.Spec.Kind == ClusterKind.Node
            ? world.Nodes.Where(n => n.Cluster.Value == c.Metadata.Name).Select(n => (n.Cluster, (NodeId?)n.Node))
            : [(new ClusterId(c.Metadata.Name), null)]),
    ];

    public static VerdictState VerdictOf(World world, ClusterId cluster, NodeId? node)
    {
        Verdict? whole = world.Verdicts.Find(v => v.Cluster == cluster && v.Node is null);
        return node is null
            ? whole?.State ?? VerdictState.Unknown
            : (world.Verdicts.Find(v => v.Cluster == cluster && v.Node == node) ?? whole)?.State ?? VerdictState.Unknown;
    }

    public static bool Lost(World world, PlannedWorkload w, ClusterId cluster, NodeId? node) =>
        w.Policy.Failover.Enabled && VerdictOf(world, cluster, node) is VerdictState.NotReady or VerdictState.Unreachable
        && (world.Ended.Contains(new ToleratedLoss(w.Key, cluster, null)) || world.Ended.Contains(new ToleratedLoss(w.Key, cluster, node)));

    /// <summary>Whether new replicas may go there, capacity and volumes aside.</summary>
    public static bool Open(World world, PlannedWorkload w, ClusterId cluster, NodeId? node)
    {
        if (world.Clusters.Find(c => c.Metadata.Name == cluster.Value) is not { } declared) return false;
        List<NodeObservation> nodes = NodesOf(world, cluster, node);
        if (nodes.Count == 0 || node is null == (declared.Spec.Kind == ClusterKind.Node)) return false;
        NodeSetting setting = SettingOf(declared, node);
        return !declared.Spec.Cordoned && !declared.Spec.Draining && !declared.Spec.ConfirmedLost && setting.IsEmpty
            && VerdictOf(world, cluster, node) is VerdictState.Ready or VerdictState.Cordoned or VerdictState.Draining
            && MeetsPolicy(w, declared)
            && (declared.Spec.Taints ?? []).All(t => t.Effect == TaintEffect.PreferNoSchedule || Tolerated(w, t))
            && RunsAForm(w, nodes) && nodes.All(n => Needs(w).All(n.Capabilities.Contains));
    }

    /// <summary>Whether what runs there must leave.</summary>
    public static bool MustLeave(World world, PlannedWorkload w, ClusterId cluster, NodeId? node)
    {
        if (world.Clusters.Find(c => c.Metadata.Name == cluster.Value) is not { } declared) return true;
        List<NodeObservation> nodes = NodesOf(world, cluster, node);
        NodeSetting setting = SettingOf(declared, node);
        return declared.Spec.Draining || declared.Spec.ConfirmedLost || setting.Draining || setting.ConfirmedLost || !MeetsPolicy(w, declared) || Lost(world, w, cluster, node)
            || (declared.Spec.Taints ?? []).Any(t => t.Effect == TaintEffect.NoExecute && !Tolerated(w, t))
            || (nodes.Count > 0 && !RunsAForm(w, nodes));
    }

    public static bool ConfirmedLost(World world, ClusterId cluster, NodeId? node) =>
        world.Clusters.Find(c => c.Metadata.Name == cluster.Value) is { } declared && (declared.Spec.ConfirmedLost || SettingOf(declared, node).ConfirmedLost);

    /// <summary>What a place offers to us.</summary>
    public static ResourceAmount Offered(World world, ClusterId cluster, NodeId? node) =>
        NodesOf(world, cluster, node).Aggregate(ResourceAmount.Zero, (sum, n) => sum + (n.Allocatable - n.Foreign));

    /// <summary>What a workload's orders and replicas may use of a place, by invariant 6.</summary>
    public static ResourceAmount InFlight(World world, string uid, ClusterId cluster, NodeId? node)
    {
        ResourceAmount sum = ResourceAmount.Zero;
        foreach (Assignment a in world.Assignments.Where(a => a.WorkloadUid == uid && a.Cluster == cluster && a.Node == node))
        {
            int observed = world.Replicas.Count(r => r.Assignment == a.Id && r.Running);
            sum += a.Template.Resources!.Reserved * Math.Max(a.Replicas + a.Surge, observed);
        }
        return sum;
    }

    public static int Share(World world, PlannedWorkload w, ClusterId cluster, NodeId? node) => world.Assignments
        .Where(a => a.WorkloadUid == w.Uid && a.Cluster == cluster && a.Node == node && a.State is (AssignmentState.Active or AssignmentState.Moving))
        .Sum(a => a.Replicas);

    public static int Planned(Binding binding, ClusterId cluster, NodeId? node) => binding.Shares.Where(s => s.Cluster == cluster && s.Node == node).Sum(s => s.Replicas);

    public static int DesiredOf(PlannedWorkload w) => w.Spec.Singleton ? Math.Min(1, w.Spec.Replicas ?? 1) : w.Spec.Replicas ?? 1;

    public static bool Bound(PlannedWorkload w) => w.Volumes.Any(v => !v.Spec.Shared);

    public static bool Duplicated(PlannedWorkload w) => w.Policy.Division.Strategy == DivisionStrategy.Duplicated && !w.Spec.Singleton && !Bound(w);

    public static string? Label(World world, ClusterId cluster, string key)
    {
        Cluster declared = world.Clusters.Single(c => c.Metadata.Name == cluster.Value);
        return key == "federation/cluster" ? cluster.Value : declared.Metadata.Labels?.GetValueOrDefault(key);
    }

    private static NodeSetting SettingOf(Cluster cluster, NodeId? node) =>
        (node is null ? null : (cluster.Spec.Nodes ?? []).FirstOrDefault(setting => setting.Name == node.Value.Value)) ?? new NodeSetting { Name = "none" };

    private static List<NodeObservation> NodesOf(World world, ClusterId cluster, NodeId? node) =>
        [.. world.Nodes.Where(n => n.Cluster == cluster && (node is null || n.Node == node))];

    private static bool MeetsPolicy(PlannedWorkload w, Cluster cluster) =>
        (w.Policy.Affinity ?? []).All(t => Meets(cluster, t))
        && (w.Policy.Division is not { Strategy: DivisionStrategy.Weighted, Weights: { Count: > 0 } weights } || weights.Any(x => Meets(cluster, x.Term)));

    private static bool Meets(Cluster cluster, LabelTerm term)
    {
        string? value = term.Key == "federation/cluster" ? cluster.Metadata.Name : cluster.Metadata.Labels?.GetValueOrDefault(term.Key);
        return term.Operator switch
        {
            LabelOperator.In => value is not null && term.Values!.Contains(value),
            LabelOperator.NotIn => value is null || !term.Values!.Contains(value),
            LabelOperator.Exists => value is not null,
            _ => value is null,
        };
    }

    private static bool Tolerated(PlannedWorkload w, Taint taint) => (w.Policy.Tolerations ?? []).Any(t => (t.Key ?? taint.Key) == taint.Key);

    private static bool RunsAForm(PlannedWorkload w, List<NodeObservation> all)
    {
        bool All(string capability) => all.TrueForAll(n => n.Capabilities.Contains(capability));
        return (w.Spec.Template.Process is not null && All(Capability.Process)) || (w.Spec.Template.Image is not null && All(Capability.Image));
    }

    private static IEnumerable<string> Needs(PlannedWorkload w)
    {
        if (w.Spec.Template.Resources?.MemoryLimit is not null) yield return Capability.MemoryLimit;
        if (w.Spec.Template.Resources?.CpuLimit is not null) yield return Capability.CpuLimit;
        if (w.Spec.Template.Volumes is { Count: > 0 }) yield return Capability.Volumes;
        if (w.Spec.Singleton) yield return Capability.Fencing;
    }
}
