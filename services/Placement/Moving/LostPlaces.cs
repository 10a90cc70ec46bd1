using Federation.Domain.Identifiers;
using Federation.Domain.Volumes;
using Federation.Placement.Documents;
using Federation.Placement.Planning;

namespace Federation.Placement.Moving;

/// <summary>What a person's word that a place is gone for good does not free: workloads whose data is there.</summary>
public static class LostPlaces
{
    /// <summary>The workloads that name a volume with its home there, as <c>tenant/namespace/name</c>, in order.</summary>
    public static IReadOnlyList<string> Stranded(PlacementState state, ClusterId cluster, NodeId? node) =>
    [
        .. state.All<Volume>(Kinds.Volume)
            .Where(volume => !volume.Spec.Shared && volume.Status?.HomeCluster == cluster && (node is null || volume.Status.HomeNode == node))
            .SelectMany(volume => state.WorkloadsIn(volume.Metadata.Tenant!.Value, volume.Metadata.Namespace!)
                .Where(workload => workload.Metadata.DeletionRequestedAt is null && workload.Spec.Template.Volumes?.Any(reference => reference.Name == volume.Metadata.Name) == true))
            .Select(static workload => WorkloadResolver.KeyOf(workload).ToString())
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}
