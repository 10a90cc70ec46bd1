using Federation.Domain.Clusters;
using Federation.Domain.Resources;

namespace Federation.Domain.Policies;

/// <summary>Tolerates taints with the key (every taint if left out), the value (any if left out) and the effect (any if left out).</summary>
[MergeKey(nameof(Key), nameof(Value), nameof(Effect))]
public sealed record Toleration
{
    /// <summary>The taint's key.</summary>
    public string? Key { get; init; }

    /// <summary>The taint's value.</summary>
    public string? Value { get; init; }

    /// <summary>The taint's effect.</summary>
    public TaintEffect? Effect { get; init; }
}
