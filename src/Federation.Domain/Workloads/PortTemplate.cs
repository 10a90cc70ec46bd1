using System.ComponentModel.DataAnnotations;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A port a replica listens on.</summary>
[MergeKey(nameof(Name))]
public sealed record PortTemplate
{
    /// <summary>The name routes and callers use.</summary>
    public required string Name { get; init; }

    /// <summary>The port inside a container, 1 to 65535; one that is assigned if left out. A process's is always assigned.</summary>
    [Range(1, 65535)]
    public int? ContainerPort { get; init; }

    /// <summary>What is spoken there.</summary>
    public PortProtocol Protocol { get; init; } = PortProtocol.Http;

    /// <summary>
    /// The port on machines of a cluster under which those outside it find this one, 1 to 65535, where the cluster opens ports itself, as a swarm does. The plane's
    /// own way in is a Route, which needs none.
    /// </summary>
    [Range(1, 65535)]
    public int? PublishedPort { get; init; }

    /// <summary>Where <see cref="PublishedPort"/> is opened.</summary>
    public PublishMode Publish { get; init; }

    /// <summary>The machine's address on which it is opened; all of them if left out.</summary>
    public string? PublishedAddress { get; init; }
}
