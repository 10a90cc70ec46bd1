using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Policies;

/// <summary>The weight of the clusters that a term selects.</summary>
public sealed record ClusterWeight
{
    /// <summary>Which clusters.</summary>
    public required LabelTerm Term { get; init; }

    /// <summary>1 to 1000000.</summary>
    [Range(1, 1000000)]
    public int Weight { get; init; } = 1;
}
