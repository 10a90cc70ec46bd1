using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.ServiceDefaults.Resources;

namespace Federation.Placement.Api;

/// <summary>What a Volume adds to the common way: its home is the plane's to write, and it stays while a workload names it.</summary>
public sealed class VolumeRules(NamespaceDirectory namespaces) : ResourceRules<Volume>
{
    public override Volume Prepare(Volume desired, Volume? present) => desired with { Status = present?.Status };

    public override ResourceChange OnApply(Volume desired, Volume? present, WriteContext context)
    {
        if (namespaces.Refusal(context.Tenant, desired.Metadata.Namespace!) is { } problem) return new ResourceChange.Refused(problem);
        if (present?.Status?.HomeCluster is { } home && (desired.Spec.Shared != present.Spec.Shared || (desired.Spec.Cluster ?? home.Value) != home.Value))
            return new ResourceChange.Refused(ResourceProblem.InUse($"Volume {desired.Metadata.Name} has its data in cluster {home}; its home does not change by declaration"));
        return ResourceChange.Allowed.Alone;
    }

    public override ResourceChange OnDelete(Volume present, WriteContext context)
    {
        Workload? user = new PlacementState(context.Snapshot).Workloads.FirstOrDefault(workload =>
            workload.Metadata.Tenant == context.Tenant && workload.Metadata.Namespace == present.Metadata.Namespace
            && workload.Spec.Template.Volumes?.Any(reference => reference.Name == present.Metadata.Name) == true);
        return user is null
            ? ResourceChange.Allowed.Alone
            : new ResourceChange.Refused(ResourceProblem.InUse($"Workload {user.Metadata.Name} names Volume {present.Metadata.Name}; remove it first"));
    }
}
