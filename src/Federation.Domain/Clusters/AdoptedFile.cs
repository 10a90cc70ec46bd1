using Federation.Domain.Resources;

namespace Federation.Domain.Clusters;

/// <summary>A secret or config of a swarm that an adopted service reads, and how it sees it.</summary>
[MergeKey(nameof(Target))]
public sealed record AdoptedFile
{
    /// <summary>Its name in the swarm.</summary>
    public required string Name { get; init; }

    /// <summary>Where a container sees it: a path, or of a secret a name in <c>/run/secrets</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Whose it is, by number; 0 if left out.</summary>
    public string? User { get; init; }

    /// <summary>Of which group it is, by number; 0 if left out.</summary>
    public string? Group { get; init; }

    /// <summary>Its rights as an octal number; <c>444</c> if left out.</summary>
    public string? Mode { get; init; }
}
