using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>
/// What may fail as one: an uplink, a host under several nodes, a rack. What is seen of a cluster through one domain counts as one witness, however many
/// nodes are behind it. Nodes in none are together in the cluster's own.
/// </summary>
[MergeKey(nameof(Name))]
public sealed record FailureDomain
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The nodes behind it, by name.</summary>
    public IReadOnlyList<string>? Nodes { get; init; }

    /// <summary>Whether the cluster's management API is behind it, too.</summary>
    public bool Management { get; init; }
}
