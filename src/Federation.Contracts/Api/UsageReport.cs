namespace Federation.Contracts.Api;

/// <summary>What all nodes that can be reached use now. Of replicas, those of the caller's tenant.</summary>
/// <param name="Nodes">The nodes, by cluster and name.</param>
/// <param name="Silent">Nodes whose agent did not answer: <c>CLUSTER/NODE: why</c>.</param>
public sealed record UsageReport(IReadOnlyList<NodeUsage> Nodes, IReadOnlyList<string> Silent);
