namespace Simulation.Tests.Invariants;

/// <summary>An invariant of the plane does not hold; the message says which and where.</summary>
public sealed class InvariantBroken(string invariant, string detail) : Exception($"{invariant}: {detail}")
{
    public string Invariant { get; } = invariant;
}
