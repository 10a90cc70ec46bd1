using System.ComponentModel.DataAnnotations;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A Config or Secret of the same namespace, made available as files.</summary>
[MergeKey(nameof(Name), nameof(Path))]
public sealed record FileReference
{
    /// <summary>The Config's or Secret's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The folder under which each key is a file, relative to the replica's folder (of a container, <c>/run/federation</c>); <c>configs/NAME</c> or
    /// <c>secrets/NAME</c> if left out. A path from the root is one inside the container, for templates that have no process.
    /// The replica finds the base folders in the variables FEDERATION_CONFIGS and FEDERATION_SECRETS.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>A fixed version, counted from 1; the newest at the time of the rollout if left out.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>
    /// Single files of it at paths of their own inside a container, in place of the folder. A process finds all of them in the folder all the same.
    /// An empty list lays none: a Kubernetes cluster is handed it for fields of <c>container.kubernetes</c> that name it.
    /// </summary>
    public IReadOnlyList<FileTarget>? Files { get; init; }
}
