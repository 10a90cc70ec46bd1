using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>A mark that keeps workloads away which do not tolerate it.</summary>
[MergeKey(nameof(Key), nameof(Value), nameof(Effect))]
public sealed record Taint
{
    /// <summary>The mark's key.</summary>
    public required string Key { get; init; }

    /// <summary>The mark's value, if any.</summary>
    public string? Value { get; init; }

    /// <summary>What it does to those that do not tolerate it.</summary>
    public TaintEffect Effect { get; init; } = TaintEffect.NoSchedule;
}
