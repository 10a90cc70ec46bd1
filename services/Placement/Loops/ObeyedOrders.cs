using Federation.Domain.Identifiers;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Loops;

/// <summary>Orders that a node has come to obey: those of later revisions than it obeyed before.</summary>
/// <param name="Cluster">The node's cluster.</param>
/// <param name="Node">The node; of a cluster that is driven as a whole the name by which its agent reports.</param>
/// <param name="After">The revision that it obeyed before.</param>
/// <param name="UpTo">The revision that it obeys now.</param>
public readonly record struct ObeyedOrders(ClusterId Cluster, NodeId Node, long After, long UpTo)
{
    /// <summary>Whether an order is among them.</summary>
    public bool Include(PlacedAssignment placed) =>
        placed.Revision > After && placed.Revision <= UpTo && placed.Order.Cluster == Cluster && (placed.Order.Node is not { } node || node == Node);
}
