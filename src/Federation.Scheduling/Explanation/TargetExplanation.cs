namespace Federation.Scheduling.Explanation;

/// <summary>One cluster's or node's part in a decision.</summary>
/// <param name="Name">The cluster, or the node inside its cluster.</param>
/// <param name="Replicas">Replicas given to it.</param>
/// <param name="RefusedBy">The rule that refuses new replicas there; null if it is eligible.</param>
/// <param name="Sentence">Why, and for a refusal what would make it pass.</param>
/// <param name="Score">Its score in points; null where a rule refused it.</param>
/// <param name="Nodes">For native clusters, the same by node, ordered by name; else null.</param>
public sealed record TargetExplanation(string Name, int Replicas, string? RefusedBy, string Sentence, double? Score, IReadOnlyList<TargetExplanation>? Nodes)
{
    /// <summary>Whether new replicas may go there.</summary>
    public bool Eligible => RefusedBy is null;
}
