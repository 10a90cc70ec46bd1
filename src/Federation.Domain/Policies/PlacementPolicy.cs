using Federation.Domain.Resources;

namespace Federation.Domain.Policies;

/// <summary>The rule by which workloads are placed.</summary>
public sealed record PlacementPolicy : Resource
{
    /// <inheritdoc/>
    public override string Kind => "PlacementPolicy";

    /// <summary>What is declared.</summary>
    public PlacementPolicySpec Spec { get; init; } = new();
}
