using Federation.Domain.Identifiers;

namespace Federation.Scheduling;

/// <summary>A workload's share on a lost target whose toleration has ended.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Cluster">The lost cluster, or the lost node's.</param>
/// <param name="Node">The lost node; null where the whole cluster is lost.</param>
public readonly record struct ToleratedLoss(WorkloadKey Workload, ClusterId Cluster, NodeId? Node);
