using Federation.Domain.Resources;

namespace Federation.Domain.Volumes;

/// <summary>Named data with a home.</summary>
public sealed record Volume : Resource
{
    /// <inheritdoc/>
    public override string Kind => "Volume";

    /// <summary>What is declared.</summary>
    public VolumeSpec Spec { get; init; } = new();

    /// <summary>Server: where the data is.</summary>
    [ServerWritten]
    public VolumeStatus? Status { get; init; }
}
