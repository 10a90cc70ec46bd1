using System.Text.Json.Serialization;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A Volume of the same namespace, as a container sees it at one path; named once more for each further path.</summary>
[MergeKey(nameof(Name), nameof(Path), Formerly = nameof(Name))]
public sealed record VolumeReference
{
    /// <summary>The Volume's name. The replica finds its folder in the variable FEDERATION_VOLUME_NAME; where a container sees it at several paths, that is the first of them.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is seen inside a container; <c>/volumes/NAME</c> if left out.</summary>
    public string? Path { get; init; }

    /// <summary>Where it is seen inside a container, said or not.</summary>
    [JsonIgnore]
    public string PathInside => Path ?? $"/volumes/{Name}";

    /// <summary>Whether a container can only read it.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The part of it that a container sees: a path in it.</summary>
    public string? SubPath { get; init; }

    /// <summary>Whether what the image has at the path is not copied into an empty volume.</summary>
    public bool NoCopy { get; init; }

    /// <summary>The driver by which an engine makes it; the engine's own if left out.</summary>
    public string? Driver { get; init; }

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string>? DriverOptions { get; init; }

    /// <summary>The name that it has in the cluster's engine, which others may have given; the plane's choice if left out.</summary>
    public string? EngineName { get; init; }
}
