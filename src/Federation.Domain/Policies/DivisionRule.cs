namespace Federation.Domain.Policies;

/// <summary>How replicas are divided over the chosen clusters.</summary>
public sealed record DivisionRule
{
    /// <summary>The way.</summary>
    public DivisionStrategy Strategy { get; init; } = DivisionStrategy.Dynamic;

    /// <summary>For Weighted: the weights; a cluster that matches several takes the first, one that matches none gets nothing.</summary>
    public IReadOnlyList<ClusterWeight>? Weights { get; init; }
}
