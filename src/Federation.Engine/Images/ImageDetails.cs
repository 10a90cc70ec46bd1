using Federation.Engine.Containers;

namespace Federation.Engine.Images;

/// <summary>An image that the engine has.</summary>
public sealed record ImageDetails
{
    /// <summary>The hash of its configuration: two images with the same id are the same.</summary>
    public required string Id { get; init; }

    /// <summary>Its tags here.</summary>
    public IReadOnlyList<string>? RepoTags { get; init; }

    /// <summary>By which digests registries have it, as <c>registry/name@sha256:…</c>.</summary>
    public IReadOnlyList<string>? RepoDigests { get; init; }

    /// <summary>What it gives to its containers.</summary>
    public ContainerConfig? Config { get; init; }
}
