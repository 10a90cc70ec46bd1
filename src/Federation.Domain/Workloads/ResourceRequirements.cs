using Federation.Domain.Quantities;

namespace Federation.Domain.Workloads;

/// <summary>What a replica needs and may use.</summary>
public sealed record ResourceRequirements
{
    /// <summary>Reserved processor time; what the planner counts.</summary>
    public CpuMillis Cpu { get; init; }

    /// <summary>Reserved memory; what the planner counts.</summary>
    public MemoryBytes Memory { get; init; }

    /// <summary>The most processor time; unlimited if left out. Not below <see cref="Cpu"/>.</summary>
    public CpuMillis? CpuLimit { get; init; }

    /// <summary>The most memory, above which the replica is ended; unlimited if left out. Not below <see cref="Memory"/>.</summary>
    public MemoryBytes? MemoryLimit { get; init; }

    /// <summary>What the planner reserves for one replica.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ResourceAmount Reserved => new(Cpu, Memory);
}
