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

    /// <summary>Whether it runs the revision that is on trial: it takes part with care until it has shown that it answers.</summary>
    public bool Trial { get; init; }

    /// <inheritdoc/>
    public bool Equals(ServiceEndpoint? other) => other is not null && Replica == other.Replica && Node == other.Node && Trial == other.Trial && Ports.SequenceEqual(other.Ports);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Replica, Node);
}
