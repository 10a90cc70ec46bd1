using Federation.Domain.Resources;

namespace Federation.Domain.SecretMaterial;

/// <summary>Named confidential values, one file a key. The values are write-only: no answer ever carries them.</summary>
public sealed record Secret : Resource
{
    /// <inheritdoc/>
    public override string Kind => "Secret";

    /// <summary>What is declared.</summary>
    public MaterialSpec Spec { get; init; } = new();

    /// <summary>Server: versions kept.</summary>
    [ServerWritten]
    public MaterialStatus? Status { get; init; }

    /// <summary>Prints the name alone.</summary>
    public override string ToString() => $"Secret {Metadata.Namespace}/{Metadata.Name}";
}
