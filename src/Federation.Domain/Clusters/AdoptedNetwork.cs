using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>A network of a swarm that an adopted service is in.</summary>
[MergeKey(nameof(Name))]
public sealed record AdoptedNetwork
{
    /// <summary>Its name in the swarm.</summary>
    public required string Name { get; init; }

    /// <summary>The names under which others in it find the service.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }
}
