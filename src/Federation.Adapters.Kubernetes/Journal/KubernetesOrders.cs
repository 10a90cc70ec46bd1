namespace Federation.Adapters.Kubernetes.Journal;

/// <summary>The orders that a cluster's agent obeys.</summary>
/// <param name="Term">The writer's fencing term.</param>
/// <param name="Revision">The orders' revision.</param>
/// <param name="Desired">All of them, in order of id; their material is sealed to the agent's key.</param>
public sealed record KubernetesOrders(long Term, long Revision, IReadOnlyList<DesiredAssignment> Desired)
{
    /// <summary>None yet.</summary>
    public static KubernetesOrders None { get; } = new(0, 0, []);
}
