using System.ComponentModel.DataAnnotations;
using Federation.Domain.Resources;

namespace Federation.Domain.Policies;

/// <summary>How replicas lie over the values of one label.</summary>
[MergeKey(nameof(Label))]
public sealed record SpreadRule
{
    /// <summary>The label; <c>federation/cluster</c> spreads over clusters.</summary>
    public required string Label { get; init; }

    /// <summary>The least number of different values used, where there are as many replicas; 0 or 1 asks nothing.</summary>
    [Range(0, 100000)]
    public int Min { get; init; }

    /// <summary>The most different values used; unlimited if left out.</summary>
    [Range(1, 100000)]
    public int? Max { get; init; }
}
