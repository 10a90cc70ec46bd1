namespace Federation.Contracts.Api;

/// <summary>What a replica uses. Replicas share their node's network, so that what one of them sends is not told apart.</summary>
/// <param name="Id">The replica.</param>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Workload">Its workload.</param>
/// <param name="CpuMillis">Processor time per second, in thousandths of a core; null where the node has no control group that counts it.</param>
/// <param name="MemoryBytes">Memory, files in memory included; null where the node has no control group that counts it.</param>
/// <param name="MemoryLimitBytes">Its limit, if it has one.</param>
public sealed record ReplicaUsageView(string Id, string Tenant, string Namespace, string Workload, long? CpuMillis, long? MemoryBytes, long? MemoryLimitBytes);
