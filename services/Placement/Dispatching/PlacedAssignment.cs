using Federation.Domain.Assignments;

namespace Federation.Placement.Dispatching;

/// <summary>An order as the store holds it.</summary>
/// <param name="Order">The order.</param>
/// <param name="Revision">The store's revision that wrote it: an observation that obeys this revision has seen it.</param>
public sealed record PlacedAssignment(Assignment Order, long Revision);
