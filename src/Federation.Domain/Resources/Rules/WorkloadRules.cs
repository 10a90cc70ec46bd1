using System.Globalization;
using Federation.Domain.Policies;
using Federation.Domain.Workloads;

namespace Federation.Domain.Resources.Rules;

internal static class WorkloadRules
{
    public static void Check(Workload workload, RuleContext context)
    {
        WorkloadSpec spec = workload.Spec;
        if (spec.Singleton && spec.Replicas > 1)
            context.Refuse("spec.replicas", "a singleton has at most 1 replica", "write replicas: 1, or remove singleton");
        TemplateRules.Check("spec.template", spec.Template, context);
        if (ContainerNeeds.RunsOnEachMachine(spec.Template)) CheckEachMachine(spec, context);
        if (spec.Update is { MaxSurge.IsZero: true, MaxUnavailable.IsZero: true })
            context.Refuse("spec.update", "maxSurge and maxUnavailable are not both 0: no replica could be replaced", "write maxSurge: 1");
        CheckClusterOrder(spec.Update.ClusterOrder ?? [], context);
        if (spec.Disruption is { MaxUnavailable: not null, MinAvailable: not null })
            context.Refuse("spec.disruption", "maxUnavailable and minAvailable exclude each other", "keep one of them");
        CheckPins(spec.Pins ?? [], context);
        if (spec.PlacementPolicy is not null && spec.Placement is not null)
            context.Refuse("spec.placement", "placementPolicy and placement exclude each other", "keep one of them");
        context.RequireName("spec.placementPolicy", spec.PlacementPolicy);
        if (spec.Placement is not { } placement) return;
        PolicyRules.Check("spec.placement", placement, context);
        if (spec.Singleton && placement.Division.Strategy == DivisionStrategy.Duplicated)
            context.Refuse("spec.placement.division.strategy", "a singleton is not duplicated over clusters", "write dynamic, or remove singleton");
    }

    // Machines come and go, and with them its replicas: nobody says how many, and nobody moves one.
    private static void CheckEachMachine(WorkloadSpec spec, RuleContext context)
    {
        if (spec.Replicas > 1)
            context.Refuse("spec.replicas", "a workload with one replica on each node has as many as there are nodes that may run it", "remove replicas, or write container.mode: replicated; 0 stops it");
        if (spec.Singleton) context.Refuse("spec.singleton", "a singleton has one replica at most, and container.mode asks for one on each node", "remove one of them");
        if (spec.Pins is { Count: > 0 }) context.Refuse("spec.pins", "a workload with one replica on each node is pinned to no cluster", "choose clusters by the affinity of its placement");
        if (spec.Placement is { Division.Strategy: DivisionStrategy.Weighted })
            context.Refuse("spec.placement.division.strategy", "a workload with one replica on each node is not divided by weights", "remove division");
        if (spec.Placement?.Spread is { Count: > 0 }) context.Refuse("spec.placement.spread", "a workload with one replica on each node is spread already", "remove spread");
    }

    private static void CheckPins(IReadOnlyList<ClusterPin> pins, RuleContext context)
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < pins.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"spec.pins[{i}]");
            context.RequireName($"{path}.cluster", pins[i].Cluster);
            if (!seen.Add(pins[i].Cluster)) context.Refuse(path, "a cluster is pinned once", "join the two");
            if (pins[i].AtMost < pins[i].AtLeast) context.Refuse($"{path}.atMost", "atMost is not below atLeast");
        }
    }

    private static void CheckClusterOrder(IReadOnlyList<string> order, RuleContext context)
    {
        var seen = new HashSet<string>();
        for (int i = 0; i < order.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"spec.update.clusterOrder[{i}]");
            int equals = order[i].IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) context.RequireName(path, order[i]);
            else if ((LabelSyntax.KeyViolation(order[i][..equals]) ?? LabelSyntax.ValueViolation(order[i][(equals + 1)..])) is { } rule) context.Refuse(path, rule, "write a cluster's name, or KEY=VALUE");
            if (!seen.Add(order[i])) context.Refuse(path, "a cluster or label is named once", "remove one");
        }
    }
}
