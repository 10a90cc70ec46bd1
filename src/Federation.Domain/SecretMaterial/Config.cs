using Federation.Domain.Resources;

namespace Federation.Domain.SecretMaterial;

/// <summary>Named settings, one file a key.</summary>
public sealed record Config : Resource
{
    /// <inheritdoc/>
    public override string Kind => "Config";

    /// <summary>What is declared.</summary>
    public MaterialSpec Spec { get; init; } = new();

    /// <summary>Server: versions kept.</summary>
    [ServerWritten]
    public MaterialStatus? Status { get; init; }
}
