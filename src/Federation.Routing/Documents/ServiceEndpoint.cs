using Federation.Domain.Identifiers;

namespace Federation.Routing.Documents;

/// <summary>One ready replica as traffic reaches it: through its node's tunnel.</summary>
public sealed record ServiceEndpoint
{
    /// <summary>The replica.</summary>
    public required ReplicaId Replica { get; init; }

    /// <summary>Its node: whose tunnel leads there.</summary>
    public required NodeKey Node { get; init; }

    /// <summary>Its ports, the first one first.</summary>
    public required IReadOnlyList<EndpointPort> Ports { get; init; }

    /// <inheritdoc/>
    public bool Equals(ServiceEndpoint? other) => other is not null && Replica == other.Replica && Node == other.Node && Ports.SequenceEqual(other.Ports);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Replica, Node);
}
