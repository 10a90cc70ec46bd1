using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Policies;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Placement.Planning;

namespace Federation.Placement.Dispatching;

/// <summary>What the dispatch rules read, from the documents of one moment; for the loop that acts on it and for those who explain it.</summary>
public static class DispatchTargets
{
    /// <summary>What is known of every target in the binding and the orders.</summary>
    public static IReadOnlyList<TargetView> Of(WorkloadKey key, Binding? binding, IReadOnlyList<PlacedAssignment> orders, ObservedWorld observed, PlacementState state)
    {
        ReplicaObservation[] replicas = [.. observed.ReplicasOf(key)];
        IEnumerable<(ClusterId Cluster, NodeId? Node)> places = orders.Select(placed => (placed.Order.Cluster, placed.Order.Node))
            .Concat((binding?.Shares ?? []).Select(share => (share.Cluster, share.Node)))
            .Distinct();
        return [.. places.Select(place =>
        {
            NodeObservation? node = observed.At(place.Cluster, place.Node);
            ClusterSpec? declared = state.Cluster(place.Cluster.Value)?.Spec;
            return new TargetView
            {
                Cluster = place.Cluster,
                Node = place.Node,
                Verdict = observed.Verdict(place.Cluster, place.Node),
                AppliedRevision = node?.AppliedRevision ?? 0,
                Offers = node?.Capabilities,
                CanFence = node?.Capabilities.Contains(Capability.Fencing) ?? false,
                Adoption = declared?.AdoptionOf(key),
                AdoptedVolumes = declared?.AdoptedVolumesOf(key),
                ConfirmedLost = declared?.IsConfirmedLost(place.Node) ?? false,
                Replicas = [.. replicas.Where(replica => replica.Cluster == place.Cluster && (place.Node is null || replica.Node == place.Node))],
            };
        })];
    }

    /// <summary>The rules' input, but for what a rollout adds to it.</summary>
    public static DispatchInput Input(
        Workload workload, ResolvedWorkload resolved, Binding? binding, IReadOnlyList<PlacedAssignment> orders, IReadOnlyList<TargetView> targets, long term)
    {
        var complete = resolved as ResolvedWorkload.Complete;
        return new DispatchInput
        {
            Key = WorkloadResolver.KeyOf(workload),
            Uid = workload.Metadata.Uid!,
            Generation = workload.Metadata.Generation!.Value,
            Deleting = workload.Metadata.DeletionRequestedAt is not null,
            Spec = complete?.Planned.Spec ?? workload.Spec,
            Revision = complete?.Revision ?? default,
            Fallback = complete?.Fallback,
            HasLocalData = complete is not null && complete.Planned.Volumes.Any(static volume => !volume.Spec.Shared),
            Completed = complete?.Completion is not null,
            Duplicated = complete?.Planned.Policy.Division.Strategy == DivisionStrategy.Duplicated,
            Binding = binding,
            Assignments = orders,
            Targets = targets,
            Term = term,
        };
    }
}
