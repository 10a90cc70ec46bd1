using Federation.Domain.Identifiers;

namespace Federation.Domain.Observation;

/// <summary>
/// Says that a node has reported since Health started, and that the service endpoints beside it take that report into account. While a node
/// has none, its endpoints are unknown, not absent: a follower keeps the last ones.
/// </summary>
public sealed record NodeReport
{
    /// <summary>The cluster.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node.</summary>
    public required NodeId Node { get; init; }
}
