using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A Volume of the same namespace.</summary>
[MergeKey(nameof(Name))]
public sealed record VolumeReference
{
    /// <summary>The Volume's name. The replica finds its folder in the variable FEDERATION_VOLUME_NAME.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is seen inside a container; <c>/volumes/NAME</c> if left out.</summary>
    public string? Path { get; init; }
}
