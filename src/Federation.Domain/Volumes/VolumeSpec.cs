namespace Federation.Domain.Volumes;

/// <summary>A volume's declared state.</summary>
public sealed record VolumeSpec
{
    /// <summary>Whether every cluster sees the same data; such a volume has no home.</summary>
    public bool Shared { get; init; }

    /// <summary>The cluster to make it in; the planner's choice for the first workload if left out.</summary>
    public string? Cluster { get; init; }

    /// <summary>For native clusters, the node.</summary>
    public string? Node { get; init; }
}
