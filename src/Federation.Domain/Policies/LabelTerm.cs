namespace Federation.Domain.Policies;

/// <summary>One term over a cluster's labels.</summary>
public sealed record LabelTerm
{
    /// <summary>The label.</summary>
    public required string Key { get; init; }

    /// <summary>The test.</summary>
    public LabelOperator Operator { get; init; } = LabelOperator.In;

    /// <summary>The values for In and NotIn; none for Exists and DoesNotExist.</summary>
    public IReadOnlyList<string>? Values { get; init; }
}
