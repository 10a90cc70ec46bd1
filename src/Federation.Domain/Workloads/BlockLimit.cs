using System.ComponentModel.DataAnnotations;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A limit of one disk for a container.</summary>
[MergeKey(nameof(Device), nameof(Kind))]
public sealed record BlockLimit
{
    /// <summary>The device on the machine.</summary>
    public required string Device { get; init; }

    /// <summary>What is limited.</summary>
    public BlockLimitKind Kind { get; init; }

    /// <summary>How much: bytes a second, operations a second, or a weight of 10 to 1000.</summary>
    [Range(0d, 1e15)]
    public long Rate { get; init; }
}
