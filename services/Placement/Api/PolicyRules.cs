using Federation.Domain.Policies;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Api;

/// <summary>What a PlacementPolicy adds to the common way: it stays while a workload refers to it.</summary>
public sealed class PolicyRules(NamespaceDirectory namespaces) : ResourceRules<PlacementPolicy>
{
    public override ResourceChange OnApply(PlacementPolicy desired, PlacementPolicy? present, WriteContext context) =>
        namespaces.Refusal(context.Tenant, desired.Metadata.Namespace!) is { } problem ? new ResourceChange.Refused(problem) : ResourceChange.Allowed.Alone;

    public override ResourceChange OnDelete(PlacementPolicy present, WriteContext context)
    {
        Workload? user = new PlacementState(context.Snapshot).Workloads.FirstOrDefault(workload =>
            workload.Metadata.Tenant == context.Tenant && workload.Metadata.Namespace == present.Metadata.Namespace
            && workload.Spec.PlacementPolicy == present.Metadata.Name && workload.Metadata.DeletionRequestedAt is null);
        return user is null
            ? ResourceChange.Allowed.Alone
            : new ResourceChange.Refused(ResourceProblem.InUse($"Workload {user.Metadata.Name} refers to PlacementPolicy {present.Metadata.Name}; change or remove it first"));
    }
}
