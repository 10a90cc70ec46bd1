using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>A volume of a swarm's machine that is a Volume of a workload's namespace.</summary>
[MergeKey(nameof(Name))]
public sealed record AdoptedVolume
{
    /// <summary>The Volume's name.</summary>
    public required string Name { get; init; }

    /// <summary>The name that it has on the machine.</summary>
    public required string Source { get; init; }
}
