using Federation.Domain.Identifiers;

namespace Federation.Domain.Volumes;

/// <summary>Where a volume's data is; never input.</summary>
public sealed record VolumeStatus
{
    /// <summary>The home, once data may exist.</summary>
    public ClusterId? HomeCluster { get; init; }

    /// <summary>The home node in a native cluster.</summary>
    public NodeId? HomeNode { get; init; }
}
