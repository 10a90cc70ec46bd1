using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>What a container uses.</summary>
public sealed record ContainerStats
{
    /// <summary>Processor time.</summary>
    [JsonPropertyName("cpu_stats")]
    public CpuStats? Cpu { get; init; }

    /// <summary>Memory.</summary>
    [JsonPropertyName("memory_stats")]
    public MemoryStats? Memory { get; init; }
}
