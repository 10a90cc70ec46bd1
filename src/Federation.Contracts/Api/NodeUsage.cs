namespace Federation.Contracts.Api;

/// <summary>What a node and its replicas use, measured by the node's agent over a short window.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">The node.</param>
/// <param name="CpuMillis">Processor time per second of the whole machine, in thousandths of a core.</param>
/// <param name="CpuCapacityMillis">What the node offers to replicas.</param>
/// <param name="MemoryBytes">Memory of the machine that is in use and cannot be given away at once.</param>
/// <param name="MemoryCapacityBytes">What the node offers to replicas.</param>
/// <param name="ReceivedBytesPerSecond">Over the machine's interfaces but loopback; null where the kernel does not tell.</param>
/// <param name="SentBytesPerSecond">Over the machine's interfaces but loopback; null where the kernel does not tell.</param>
/// <param name="Replicas">Its replicas that run.</param>
public sealed record NodeUsage(
    string Cluster,
    string Node,
    long CpuMillis,
    long CpuCapacityMillis,
    long MemoryBytes,
    long MemoryCapacityBytes,
    long? ReceivedBytesPerSecond,
    long? SentBytesPerSecond,
    IReadOnlyList<ReplicaUsageView> Replicas);
