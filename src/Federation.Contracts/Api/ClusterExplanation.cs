namespace Federation.Contracts.Api;

/// <summary>One cluster's part in a decision.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Replicas">Replicas given to it.</param>
/// <param name="RefusedBy">The rule that refused it; null if it was eligible.</param>
/// <param name="Reason">The sentence for a person.</param>
/// <param name="Score">Its score among the eligible ones.</param>
/// <param name="Nodes">For native clusters, the same per node.</param>
public sealed record ClusterExplanation(string Cluster, int Replicas, string? RefusedBy, string Reason, double? Score, IReadOnlyList<ClusterExplanation>? Nodes);
