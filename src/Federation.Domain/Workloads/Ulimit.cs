using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A limit of what a user of a container may use.</summary>
[MergeKey(nameof(Name))]
public sealed record Ulimit
{
    /// <summary>Its name, such as <c>nofile</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where programs are warned; -1 for no limit.</summary>
    public long Soft { get; init; }

    /// <summary>What is never passed; -1 for no limit.</summary>
    public long Hard { get; init; }
}
