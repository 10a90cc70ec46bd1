using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>How memory, processor and disk are shared, as an engine knows it.</summary>
public sealed record ContainerTuning
{
    /// <summary>Memory and swap together; -1 for no limit of swap.</summary>
    [Range(-1d, 1e15)]
    public long? MemorySwap { get; init; }

    /// <summary>How gladly the kernel swaps it out, 0 to 100.</summary>
    [Range(0, 100)]
    public int? Swappiness { get; init; }

    /// <summary>Its weight when processor time is short.</summary>
    [Range(0, 262144)]
    public int? CpuShares { get; init; }

    /// <summary>The cores it may run on: <c>0-3,6</c>.</summary>
    public string? CpuSet { get; init; }

    /// <summary>How many processors it may use; Windows alone.</summary>
    [Range(0, 100000)]
    public int? CpuCount { get; init; }

    /// <summary>The share of processors it may use, in hundredths; Windows alone.</summary>
    [Range(0d, 100d)]
    public double? CpuPercent { get; init; }

    /// <summary>The period of real-time scheduling, in microseconds.</summary>
    [Range(0d, 1e9)]
    public long? RealtimePeriod { get; init; }

    /// <summary>The run time in such a period, in microseconds.</summary>
    [Range(0d, 1e9)]
    public long? RealtimeRuntime { get; init; }

    /// <summary>Whether the kernel spares it when memory is short.</summary>
    public bool NoOutOfMemoryKill { get; init; }

    /// <summary>How early the kernel ends it when memory is short, -1000 to 1000.</summary>
    [Range(-1000, 1000)]
    public int? OutOfMemoryScore { get; init; }

    /// <summary>The group under which its control group lies.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>Options of the engine's storage for it.</summary>
    public IReadOnlyDictionary<string, string>? StorageOptions { get; init; }

    /// <summary>Its weight when disks are busy, 10 to 1000.</summary>
    [Range(0, 1000)]
    public int? BlockWeight { get; init; }

    /// <summary>Limits of single disks.</summary>
    public IReadOnlyList<BlockLimit>? BlockLimits { get; init; }
}
