using Federation.Domain.Identifiers;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Loops;

/// <summary>The orders that an agent obeys since it was seen last.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Node">Its node.</param>
/// <param name="After">The revision that it obeyed before.</param>
/// <param name="Through">The revision that it obeys now; lower than before where it is a new agent's.</param>
public readonly record struct ObeyedOrders(ClusterId Cluster, NodeId Node, long After, long Through)
{
    /// <summary>Whether the order is one of them; one that is to a cluster as a whole may be.</summary>
    public bool Includes(PlacedAssignment placed) =>
        placed.Order.Cluster == Cluster && (placed.Order.Node is null || placed.Order.Node == Node)
        && placed.Revision > Math.Min(After, Through) && placed.Revision <= Math.Max(After, Through);
}
