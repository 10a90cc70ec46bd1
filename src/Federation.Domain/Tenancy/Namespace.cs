using Federation.Domain.Resources;

namespace Federation.Domain.Tenancy;

/// <summary>A room for a tenant's resources.</summary>
public sealed record Namespace : Resource
{
    /// <inheritdoc/>
    public override string Kind => "Namespace";

    /// <summary>What is declared.</summary>
    public NamespaceSpec Spec { get; init; } = new();
}
