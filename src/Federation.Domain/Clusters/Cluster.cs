using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>A registered target.</summary>
public sealed record Cluster : Resource
{
    /// <inheritdoc/>
    public override string Kind => "Cluster";

    /// <summary>What is declared.</summary>
    public ClusterSpec Spec { get; init; } = new();

    /// <summary>Server: what Health and Placement know.</summary>
    [ServerWritten]
    public ClusterStatus? Status { get; init; }
}
