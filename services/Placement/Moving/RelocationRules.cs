using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Moving;

/// <summary>When a relocation has ended. Pure.</summary>
public static class RelocationRules
{
    /// <summary>
    /// Whether everything is where it was wanted; or the workload is declared otherwise by now, or a place that it waits for is lost or closed: then the planner keeps what is there
    /// without being told.
    /// </summary>
    public static bool HasEnded(Relocation relocation, Workload workload, IReadOnlyList<PlacedAssignment> orders, Func<string, Cluster?> cluster, Func<ClusterId, NodeId?, VerdictState?> verdict)
    {
        if (!relocation.IsOf(workload.Metadata.Uid, workload.Metadata.Generation) || workload.Metadata.DeletionRequestedAt is not null) return true;
        bool arrived = orders.Count == relocation.Shares.Count && relocation.Shares.All(share => orders.Any(placed => IsThere(placed.Order, share)));
        return arrived || relocation.Shares.Any(share => !orders.Any(placed => IsThere(placed.Order, share)) && IsClosed(share, cluster, verdict));
    }

    private static bool IsThere(Assignment order, BindingShare share) =>
        order.State == AssignmentState.Active && order.Cluster == share.Cluster && order.Node == share.Node && order.Replicas == share.Replicas;

    private static bool IsClosed(BindingShare share, Func<string, Cluster?> cluster, Func<ClusterId, NodeId?, VerdictState?> verdict)
    {
        if (cluster(share.Cluster.Value) is not { Metadata.DeletionRequestedAt: null, Spec: var spec }) return true;
        NodeSetting? node = share.Node is { } name ? spec.NodeSetting(name.Value) : null;
        return spec.Cordoned || spec.Draining || spec.ConfirmedLost || node is { IsEmpty: false } || verdict(share.Cluster, share.Node)?.IsLost() == true;
    }
}
