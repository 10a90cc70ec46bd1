using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Engine.Containers;

namespace Federation.Engine.Swarm;

/// <summary>A task's container.</summary>
public sealed record TaskContainerSpec
{
    /// <summary>The image: a reference, best with its digest.</summary>
    public string Image { get; init; } = "";

    /// <summary>Labels of the container.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The program and its first arguments, in place of the image's entrypoint.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments, in place of the image's.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>What it sees as its machine's name.</summary>
    public string? Hostname { get; init; }

    /// <summary><c>NAME=VALUE</c>, over the image's own.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Where it starts.</summary>
    public string? Dir { get; init; }

    /// <summary>Whom it runs as.</summary>
    public string? User { get; init; }

    /// <summary>How it is asked to end.</summary>
    public string? StopSignal { get; init; }

    /// <summary>How long it may take to end, in nanoseconds.</summary>
    public long? StopGracePeriod { get; init; }

    /// <summary>How the engine tells that it is well.</summary>
    public ContainerHealthCheck? Healthcheck { get; init; }

    /// <summary>Whether an init process reaps its children.</summary>
    public bool? Init { get; init; }

    /// <summary>Whether it may not write to its own files.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>What it sees of volumes and of its machine.</summary>
    public IReadOnlyList<TaskMount>? Mounts { get; init; }

    /// <summary>Secrets as files in memory.</summary>
    public IReadOnlyList<SecretReference>? Secrets { get; init; }

    /// <summary>Configs as files.</summary>
    public IReadOnlyList<ConfigReference>? Configs { get; init; }

    /// <summary>Groups that its user is in as well.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Whether it has a terminal.</summary>
    [JsonPropertyName("TTY")]
    public bool? Tty { get; init; }

    /// <summary>Whether its input stays open.</summary>
    public bool? OpenStdin { get; init; }

    /// <summary>Linux capabilities beside the usual ones, each with <c>CAP_</c>.</summary>
    public IReadOnlyList<string>? CapabilityAdd { get; init; }

    /// <summary>Linux capabilities that are taken from it; <c>ALL</c> for all.</summary>
    public IReadOnlyList<string>? CapabilityDrop { get; init; }

    /// <summary>What its program may become.</summary>
    public TaskPrivileges? Privileges { get; init; }

    /// <summary>Kernel settings.</summary>
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>Limits of its user's resources.</summary>
    public IReadOnlyList<UserLimit>? Ulimits { get; init; }

    /// <summary>Names with fixed addresses: <c>ADDRESS NAME</c>.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>How it looks names up.</summary>
    [JsonPropertyName("DNSConfig")]
    public TaskDnsConfig? Dns { get; init; }

    /// <summary>What else the swarm said.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}
