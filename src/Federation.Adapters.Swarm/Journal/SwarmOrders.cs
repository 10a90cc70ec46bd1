namespace Federation.Adapters.Swarm.Journal;

/// <summary>The orders that a swarm's agent obeys.</summary>
/// <param name="Term">The writer's fencing term.</param>
/// <param name="Revision">The orders' revision.</param>
/// <param name="Desired">All of them, in order of id; their material is sealed to the agent's key.</param>
public sealed record SwarmOrders(long Term, long Revision, IReadOnlyList<DesiredAssignment> Desired)
{
    /// <summary>None yet.</summary>
    public static SwarmOrders None { get; } = new(0, 0, []);
}
