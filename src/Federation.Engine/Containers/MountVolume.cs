namespace Federation.Engine.Containers;

/// <summary>How a container sees a volume.</summary>
public sealed record MountVolume
{
    /// <summary>Whether what the image has there is not copied into an empty one.</summary>
    public bool NoCopy { get; init; }

    /// <summary>The part of it that is seen: a path in it. Engines know it from API 1.45; older ones show the whole volume.</summary>
    public string? Subpath { get; init; }
}
