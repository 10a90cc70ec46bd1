using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>What one replica runs: an image, a process, or both; a cluster runs whichever it is capable of.</summary>
public sealed record WorkloadTemplate
{
    /// <summary>Notes that change nothing but the revision; <c>fedctl rollout restart</c> writes one.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>A container image reference.</summary>
    public string? Image { get; init; }

    /// <summary>
    /// Secrets of the same namespace with logins for the image's registry, as <c>docker login</c> writes them and Kubernetes keeps them: under the key
    /// <c>.dockerconfigjson</c>, <c>config.json</c> or <c>.dockercfg</c>. They are for who fetches the image, before the machines' own; the program does not find them.
    /// </summary>
    public IReadOnlyList<string>? ImagePullSecrets { get; init; }

    /// <summary>How the image is run, where that is not as the image says.</summary>
    public ContainerTemplate? Container { get; init; }

    /// <summary>A program on the node.</summary>
    public ProcessTemplate? Process { get; init; }

    /// <summary>Environment for either form; <c>$(NAME)</c> in values and arguments refers to PORT, PORT_NAME and other variables.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Ports it listens on. A process's is assigned on its node; either form is told them as PORT (the first) and PORT_NAME.</summary>
    public IReadOnlyList<PortTemplate>? Ports { get; init; }

    /// <summary>What it needs and may use.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>How readiness is told. Without it a replica is ready when its first HTTP port accepts a connection; without such a port, when it runs.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>Configs as read-only files.</summary>
    public IReadOnlyList<FileReference>? Configs { get; init; }

    /// <summary>Secrets as read-only files in memory.</summary>
    public IReadOnlyList<FileReference>? Secrets { get; init; }

    /// <summary>Named volumes.</summary>
    public IReadOnlyList<VolumeReference>? Volumes { get; init; }

    /// <summary>When an ended replica is started again.</summary>
    public RestartPolicy Restart { get; init; } = new();

    /// <summary>Seconds between the removal from traffic and the stop signal, 0 to 3600.</summary>
    [Range(0, 3600)]
    public int DrainSeconds { get; init; } = 2;

    /// <summary>Seconds between SIGTERM and SIGKILL, 0 to 3600.</summary>
    [Range(0, 3600)]
    public int StopGraceSeconds { get; init; } = 10;
}
