namespace Federation.Contracts.Api;

/// <summary>Why each cluster was chosen or refused for a workload.</summary>
/// <param name="Workload"><c>namespace/name</c>.</param>
/// <param name="Generation">The generation decided on.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Clusters">A line for every cluster.</param>
public sealed record Explanation(string Workload, long Generation, string Summary, IReadOnlyList<ClusterExplanation> Clusters);
