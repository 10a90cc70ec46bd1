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
