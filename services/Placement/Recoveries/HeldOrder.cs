using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Placement.Recoveries;

/// <summary>
/// An order that a node obeys and that this store did not give. While nobody has decided about it, the node is told to go on with it as it is.
/// </summary>
/// <param name="Node">The node.</param>
/// <param name="Order">The order as the node has it.</param>
public sealed record HeldOrder(NodeKey Node, Assignment Order);
