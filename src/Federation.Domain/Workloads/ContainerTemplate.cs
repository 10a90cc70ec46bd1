using System.ComponentModel.DataAnnotations;
using Federation.Domain.Quantities;

namespace Federation.Domain.Workloads;

/// <summary>
/// How the image is run. What is left out is as the image says, or as the cluster does it by itself. What not every cluster can do is a capability
/// (<see cref="ContainerNeeds"/>): the workload is kept off clusters that lack it. Labels, logging, names and how a terminal is laid are no such needs.
/// </summary>
public sealed record ContainerTemplate
{
    /// <summary>The program and its first arguments, in place of the image's entrypoint; the image's own arguments are then left out too.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments, in place of the image's.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Where it starts: a path inside the container.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whom it runs as: <c>user</c> or <c>user:group</c>, by name or number inside the container.</summary>
    public string? User { get; init; }

    /// <summary>The signal that asks it to end, such as <c>SIGQUIT</c>; the image's, or else SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Environment for the container form alone; wins over the template's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>How many replicas a cluster makes of its share: that many, one a node, or that many which run to their end.</summary>
    public ContainerMode Mode { get; init; }

    /// <summary>Groups that the user is in as well, by name or number.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The host name that the program sees; the cluster's choice if left out.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain name that the program sees.</summary>
    public string? DomainName { get; init; }

    /// <summary>Whether a small first process hands on signals and collects what has ended; the cluster's choice if left out.</summary>
    public bool? Init { get; init; }

    /// <summary>Whether it has a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Whether its standard input stays open.</summary>
    public bool OpenInput { get; init; }

    /// <summary>Whether the image's own health check is left out.</summary>
    public bool NoHealthCheck { get; init; }

    /// <summary>Whether its root file system can only be read.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether it has every right on the machine.</summary>
    public bool Privileged { get; init; }

    /// <summary>Linux capabilities that it has beside the usual ones, such as <c>NET_ADMIN</c>.</summary>
    public IReadOnlyList<string>? CapAdd { get; init; }

    /// <summary>Linux capabilities that are taken from it; <c>ALL</c> for all.</summary>
    public IReadOnlyList<string>? CapDrop { get; init; }

    /// <summary>Options of its confinement, as the engine writes them: <c>no-new-privileges:true</c>.</summary>
    public IReadOnlyList<string>? SecurityOptions { get; init; }

    /// <summary>Kernel settings of its own name spaces.</summary>
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>Limits of the user's resources.</summary>
    public IReadOnlyList<Ulimit>? Ulimits { get; init; }

    /// <summary>The most processes and threads; -1 for no limit.</summary>
    [Range(-1, int.MaxValue)]
    public int? PidsLimit { get; init; }

    /// <summary>Memory for <c>/dev/shm</c>.</summary>
    public MemoryBytes? SharedMemory { get; init; }

    /// <summary>How memory, processor and disk are shared, beyond <c>resources</c>.</summary>
    public ContainerTuning? Tuning { get; init; }

    /// <summary>File systems in memory.</summary>
    public IReadOnlyList<TmpfsMount>? Tmpfs { get; init; }

    /// <summary>Folders and files of the machine, seen inside.</summary>
    public IReadOnlyList<BindMount>? Binds { get; init; }

    /// <summary>Paths at which each replica has an empty folder of its own, which ends with it.</summary>
    public IReadOnlyList<string>? Scratch { get; init; }

    /// <summary>Devices of the machine.</summary>
    public IReadOnlyList<DeviceMapping>? Devices { get; init; }

    /// <summary>Rules for devices that appear later, as the kernel's control groups write them: <c>c 1:3 mr</c>.</summary>
    public IReadOnlyList<string>? DeviceRules { get; init; }

    /// <summary>Devices that a driver hands out, such as GPUs.</summary>
    public IReadOnlyList<DeviceRequest>? DeviceRequests { get; init; }

    /// <summary>Resources that nodes of a cluster declare by name, and how many of them.</summary>
    public IReadOnlyList<GenericResource>? GenericResources { get; init; }

    /// <summary>Names with fixed addresses, beside what the cluster resolves.</summary>
    public IReadOnlyList<HostAddress>? ExtraHosts { get; init; }

    /// <summary>Addresses of name servers, in place of the cluster's.</summary>
    public IReadOnlyList<string>? Dns { get; init; }

    /// <summary>Domains in which short names are looked up.</summary>
    public IReadOnlyList<string>? DnsSearch { get; init; }

    /// <summary>Options of the resolver, such as <c>ndots:2</c>.</summary>
    public IReadOnlyList<string>? DnsOptions { get; init; }

    /// <summary>The cluster's networks that it is in; the namespace's one if left out.</summary>
    public IReadOnlyList<NetworkAttachment>? Networks { get; init; }

    /// <summary>How callers inside its cluster reach it: <c>vip</c>, one address for all replicas, or <c>dnsrr</c>, their own.</summary>
    public string? EndpointMode { get; init; }

    /// <summary>Name spaces that it shares with the machine or another: <c>network</c>, <c>ipc</c>, <c>pid</c>, <c>uts</c>, <c>user</c>, <c>cgroup</c>, each with the engine's word (<c>host</c>).</summary>
    public IReadOnlyDictionary<string, string>? Namespaces { get; init; }

    /// <summary>Which nodes of a cluster may run it, and how it lies over them.</summary>
    public NodePlacement? Nodes { get; init; }

    /// <summary>The runtime that runs it, by the engine's name, such as <c>runsc</c>.</summary>
    public string? Runtime { get; init; }

    /// <summary>How Windows keeps it apart: <c>default</c>, <c>process</c> or <c>hyperv</c>.</summary>
    public string? Isolation { get; init; }

    /// <summary>The system and processor that the image is for: <c>linux/arm64</c>.</summary>
    public string? Platform { get; init; }

    /// <summary>Where its output goes beside the plane's own logs; the cluster's choice if left out.</summary>
    public LogDriver? Logging { get; init; }

    /// <summary>Labels of each container.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Labels of what a cluster makes of the workload as a whole: a Swarm service, a Kubernetes Deployment.</summary>
    public IReadOnlyDictionary<string, string>? ServiceLabels { get; init; }

    /// <summary>How a cluster that replaces replicas by itself does so. The plane's own steps follow the workload's <c>update</c>.</summary>
    public ContainerUpdate? Update { get; init; }

    /// <summary>How such a cluster goes back.</summary>
    public ContainerUpdate? Rollback { get; init; }

    /// <summary>What Kubernetes clusters are told beyond all this, by paths of their own objects.</summary>
    public KubernetesFields? Kubernetes { get; init; }
}
