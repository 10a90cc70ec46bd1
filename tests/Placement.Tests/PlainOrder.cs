using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;

namespace Federation.Placement.Tests;

/// <summary>An order of a workload's first generation for one node; who needs it otherwise says so.</summary>
internal static class PlainOrder
{
    public static Assignment Of(WorkloadKey workload, string uid, NodeKey node, int replicas) => new()
    {
        Id = AssignmentId.Of(uid, node.Cluster, node.Node),
        Workload = workload,
        WorkloadUid = uid,
        Cluster = node.Cluster,
        Node = node.Node,
        Replicas = replicas,
        Generation = 1,
        Revision = new("r1"),
        Template = new WorkloadTemplate(),
    };
}
