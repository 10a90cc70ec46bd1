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
        if (spec.Update is { MaxSurge: 0, MaxUnavailable: 0 })
            context.Refuse("spec.update", "maxSurge and maxUnavailable are not both 0: no replica could be replaced", "write maxSurge: 1");
        if (spec.PlacementPolicy is not null && spec.Placement is not null)
            context.Refuse("spec.placement", "placementPolicy and placement exclude each other", "keep one of them");
        context.RequireName("spec.placementPolicy", spec.PlacementPolicy);
        if (spec.Placement is not { } placement) return;
        PolicyRules.Check("spec.placement", placement, context);
        if (spec.Singleton && placement.Division.Strategy == DivisionStrategy.Duplicated)
            context.Refuse("spec.placement.division.strategy", "a singleton is not duplicated over clusters", "write dynamic, or remove singleton");
    }
}
