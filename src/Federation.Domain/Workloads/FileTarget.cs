using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>Where one file of a Config or Secret lies inside a container.</summary>
[MergeKey(nameof(Path))]
public sealed record FileTarget
{
    /// <summary>Which file; the only one if left out.</summary>
    public string? Key { get; init; }

    /// <summary>Its path inside the container, from the root.</summary>
    public required string Path { get; init; }

    /// <summary>Its owner, by number; the container's user for a secret, root for a config, if left out.</summary>
    public string? User { get; init; }

    /// <summary>Its group, by number.</summary>
    public string? Group { get; init; }

    /// <summary>Its rights in octal, such as <c>0440</c>; <c>0444</c> if left out.</summary>
    public string? Mode { get; init; }
}
