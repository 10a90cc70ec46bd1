using System.ComponentModel.DataAnnotations;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A resource that nodes of a cluster declare by name.</summary>
[MergeKey(nameof(Kind))]
public sealed record GenericResource
{
    /// <summary>Its name there.</summary>
    public required string Kind { get; init; }

    /// <summary>How many of it one replica takes.</summary>
    [Range(0d, 1e15)]
    public long Count { get; init; }
}
