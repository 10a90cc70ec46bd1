namespace Federation.Contracts.Api;

/// <summary>Replicas that change their place.</summary>
/// <param name="Workload">The workload: <c>tenant/namespace/name</c>.</param>
/// <param name="From">The place they leave: a cluster, or <c>cluster/node</c> where they stay in it.</param>
/// <param name="To">The place they go to, likewise.</param>
/// <param name="Replicas">How many.</param>
public sealed record MoveView(string Workload, string From, string To, int Replicas)
{
    /// <summary>Why they go, where that was the plane's idea; null otherwise.</summary>
    public string? Why { get; init; }
}
