using Federation.Domain.Identifiers;

namespace Federation.Placement.Dispatching;

/// <summary>An order whose replicas must go elsewhere and may not yet.</summary>
/// <param name="Id">The order.</param>
/// <param name="Reason">What holds it, for a person.</param>
/// <param name="Blocked">Whether it waits for more than its replacements: without a change by a person, or of the world, it stays.</param>
public sealed record HeldOrder(AssignmentId Id, string Reason, bool Blocked);
