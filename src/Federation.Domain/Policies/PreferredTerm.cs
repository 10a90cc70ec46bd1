using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Policies;

/// <summary>A term that raises a cluster's score by its weight where it holds.</summary>
public sealed record PreferredTerm
{
    /// <summary>1 to 100.</summary>
    [Range(1, 100)]
    public int Weight { get; init; } = 1;

    /// <summary>The term.</summary>
    public required LabelTerm Term { get; init; }
}
