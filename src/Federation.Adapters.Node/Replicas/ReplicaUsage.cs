namespace Federation.Adapters.Node.Replicas;

/// <summary>What a replica uses, as the kernel counts it.</summary>
/// <param name="Cpu">Processor time since its present process started.</param>
/// <param name="MemoryBytes">Memory now, files in memory included.</param>
public readonly record struct ReplicaUsage(TimeSpan Cpu, long MemoryBytes);
