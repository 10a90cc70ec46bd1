using Federation.Domain.Observation;

namespace Federation.Domain.Workloads;

/// <summary>
/// What a template's container form asks of a cluster beyond running an image: each need is a capability by name. What stands here changes what a program is or
/// may do; a cluster that lacks it must not run the program as if nothing had been said. What takes rights from a program is no right itself (<see cref="OfferedCapabilities.IsRight"/>).
/// </summary>
public static class ContainerNeeds
{
    private static readonly string[] NumberFields = ["job.spec.completionMode", "job.spec.backoffLimitPerIndex", "job.spec.maxFailedIndexes", "job.spec.successPolicy"];

    private static readonly string[] OfFiles = ["max-size", "max-file", "compress", "labels", "labels-regex", "env", "env-regex", "tag", "mode", "max-buffer-size"];

    private static readonly string[] OfPackets = ["encrypted", "com.docker.network.driver.mtu"];

    /// <summary>Every need, with its test, in the order of <see cref="Capability"/>.</summary>
    public static IReadOnlyList<(string Capability, Func<WorkloadTemplate, bool> Asked)> All { get; } =
    [
        (Capability.UsualCapabilities, static template => template.Container is { CapDrop.Count: > 0 } || Any(template.Container?.CapAdd, LinuxCapabilities.IsUsual)),
        (Capability.LinuxCapabilities, static template => Any(template.Container?.CapAdd, static name => !LinuxCapabilities.IsUsual(name))),
        (Capability.Privileged, static template => template.Container is { Privileged: true }),
        (Capability.NoNewPrivileges, static template => Any(template.Container?.SecurityOptions, SecurityOption.IsNoNewPrivileges)),
        (Capability.Confinement, static template => Any(template.Container?.SecurityOptions, static option => !SecurityOption.IsNoNewPrivileges(option))),
        (Capability.Sysctls, static template => template.Container is { Sysctls.Count: > 0 }),
        (Capability.Ulimits, static template => template.Container is { Ulimits.Count: > 0 }),
        (Capability.PidsLimit, static template => template.Container is { PidsLimit: > 0 }),
        (Capability.SharedMemory, static template => template.Container is { SharedMemory: not null }),
        (Capability.Tuning, static template => template.Container is { Tuning: not null }),
        (Capability.ReadOnlyRoot, static template => template.Container is { ReadOnly: true }),
        (Capability.Tmpfs, static template => template.Container is { Tmpfs.Count: > 0 }),
        (Capability.Binds, static template => template.Container is { Binds.Count: > 0 }),
        (Capability.Scratch, static template => template.Container is { Scratch.Count: > 0 }),
        (Capability.VolumeParts, static template => Any(template.Volumes, static volume => volume.ReadOnly || volume.NoCopy || volume.SubPath is not null)),
        (Capability.VolumeDrivers, static template => Any(template.Volumes, static volume => volume.EngineName is not null || volume.Driver is not (null or "local") || volume.DriverOptions is { Count: > 0 })),
        (Capability.FileTargets, static template => Any(template.Configs, static file => file.Files is { Count: > 0 }) || Any(template.Secrets, static file => file.Files is { Count: > 0 })),
        (Capability.Devices, static template => template.Container is { Devices.Count: > 0 } or { DeviceRules.Count: > 0 }),
        (Capability.DeviceRequests, static template => template.Container is { DeviceRequests.Count: > 0 }),
        (Capability.GenericResources, static template => template.Container is { GenericResources.Count: > 0 }),
        (Capability.PullSecrets, static template => template.ImagePullSecrets is { Count: > 0 }),
        (Capability.Names, static template => template.Container is { ExtraHosts.Count: > 0 } or { Dns.Count: > 0 } or { DnsSearch.Count: > 0 } or { DnsOptions.Count: > 0 }),
        (Capability.NetworkNames, static template => Any(template.Container?.Networks, static network => network.Aliases is { Count: > 0 })),
        (Capability.ClosedNetworks, static template => Any(template.Container?.Networks, static network => network.Internal && !network.External)),
        (Capability.Networks, static template => Any(template.Container?.Networks, static network => network.IsShaped)),
        (Capability.ForeignNetworks, static template => Any(template.Container?.Networks, static network => network.External)),
        (Capability.NetworkDetails, static template => Any(template.Container?.Networks, ReachesBeyond)),
        (Capability.Namespaces, static template => template.Container is { Namespaces.Count: > 0 }),
        (Capability.PublishedPorts, static template => Any(template.Ports, static port => port is { PublishedPort: not null, Publish: PublishMode.Host })),
        (Capability.Datagrams, static template => Any(template.Ports, static port => port.Protocol == PortProtocol.Udp)),
        (Capability.NodeTerms, static template => template.Container?.Nodes is { Constraints.Count: > 0 } or { MaxPerNode: not null }),
        (Capability.GlobalMode, RunsOnEachMachine),
        (Capability.GlobalJobs, static template => template.Container is { Mode: ContainerMode.GlobalJob }),
        (Capability.Jobs, RunsToAnEnd),
        (Capability.JobVolumes, static template => RunsToAnEnd(template) && !BeginsByTheClock(template) && template.Volumes is { Count: > 0 }),
        (Capability.NumberedJobs, static template => !BeginsByTheClock(template) && template.Container?.Kubernetes?.Needed?.Keys.Any(IsOfNumbers) == true),
        (Capability.Schedules, BeginsByTheClock),
        (Capability.Runtimes, static template => template.Container is { Runtime: not null } or { Isolation: not null and not "default" }),
        (Capability.Groups, static template => template.Container is { Groups.Count: > 0 }),
        (Capability.LogDrivers, static template => template.Container?.Logging is { } logging && LeavesContainer(logging)),
        (Capability.KubernetesFields, static template => template.Container?.Kubernetes is { Needed.Count: > 0 }),
        (Capability.KubernetesRights, MachineFields.AreAskedBy),
    ];

    /// <summary>The fields that ask for each need.</summary>
    public static IReadOnlyDictionary<string, string> Fields { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Capability.UsualCapabilities] = "spec.template.container.capAdd, capDrop",
        [Capability.LinuxCapabilities] = "spec.template.container.capAdd",
        [Capability.Privileged] = "spec.template.container.privileged",
        [Capability.NoNewPrivileges] = "spec.template.container.securityOptions",
        [Capability.Confinement] = "spec.template.container.securityOptions",
        [Capability.Sysctls] = "spec.template.container.sysctls",
        [Capability.Ulimits] = "spec.template.container.ulimits",
        [Capability.PidsLimit] = "spec.template.container.pidsLimit",
        [Capability.SharedMemory] = "spec.template.container.sharedMemory",
        [Capability.Tuning] = "spec.template.container.tuning",
        [Capability.ReadOnlyRoot] = "spec.template.container.readOnly",
        [Capability.Tmpfs] = "spec.template.container.tmpfs",
        [Capability.Binds] = "spec.template.container.binds",
        [Capability.Scratch] = "spec.template.container.scratch",
        [Capability.VolumeParts] = "spec.template.volumes[].readOnly, subPath, noCopy",
        [Capability.VolumeDrivers] = "spec.template.volumes[].engineName, driver, driverOptions",
        [Capability.FileTargets] = "spec.template.configs[].files, secrets[].files",
        [Capability.Devices] = "spec.template.container.devices, deviceRules",
        [Capability.DeviceRequests] = "spec.template.container.deviceRequests",
        [Capability.GenericResources] = "spec.template.container.genericResources",
        [Capability.PullSecrets] = "spec.template.imagePullSecrets",
        [Capability.Names] = "spec.template.container.extraHosts, dns, dnsSearch, dnsOptions",
        [Capability.NetworkNames] = "spec.template.container.networks[].aliases",
        [Capability.ClosedNetworks] = "spec.template.container.networks[].internal",
        [Capability.Networks] = "spec.template.container.networks[].driver, driverOptions, ipv6, ranges",
        [Capability.ForeignNetworks] = "spec.template.container.networks[].external",
        [Capability.NetworkDetails] = "spec.template.container.networks[].driver, driverOptions, ipv4Address, ipv6Address, linkLocalAddresses, macAddress",
        [Capability.Namespaces] = "spec.template.container.namespaces",
        [Capability.PublishedPorts] = "spec.template.ports[].publish",
        [Capability.Datagrams] = "spec.template.ports[].protocol",
        [Capability.NodeTerms] = "spec.template.container.nodes",
        [Capability.GlobalMode] = "spec.template.container.mode",
        [Capability.GlobalJobs] = "spec.template.container.mode",
        [Capability.Jobs] = "spec.template.restart.condition",
        [Capability.JobVolumes] = "spec.template.volumes",
        [Capability.NumberedJobs] = "spec.template.container.kubernetes.needed",
        [Capability.Schedules] = "spec.template.container.kubernetes.kind",
        [Capability.Runtimes] = "spec.template.container.runtime, isolation",
        [Capability.Groups] = "spec.template.container.groups",
        [Capability.LogDrivers] = "spec.template.container.logging",
        [Capability.KubernetesFields] = "spec.template.container.kubernetes.needed",
        [Capability.KubernetesRights] = "spec.template.container.kubernetes",
    };

    /// <summary>The capabilities that the container form needs, in the order of <see cref="All"/>.</summary>
    public static IEnumerable<string> Of(WorkloadTemplate template) => template.Image is null ? [] : All.Where(need => need.Asked(template)).Select(static need => need.Capability);

    /// <summary>Whether a template ends by design: by its restart condition, or as a job, which is not started again after every end.</summary>
    public static bool RunsToAnEnd(WorkloadTemplate template) =>
        template.Restart.Condition != RestartCondition.Always || template.Container is { Mode: ContainerMode.ReplicatedJob or ContainerMode.GlobalJob };

    /// <summary>Whether each machine that may run it has one replica of it, so that nobody says how many there are.</summary>
    public static bool RunsOnEachMachine(WorkloadTemplate template) => template.Container is { Mode: ContainerMode.Global } or { Kubernetes.Kind: "DaemonSet" };

    /// <summary>The most replicas of a template on one machine of a cluster; null without a limit.</summary>
    public static int? MostOnOneMachine(WorkloadTemplate template) => RunsOnEachMachine(template) ? 1 : template.Container?.Nodes?.MaxPerNode;

    // Its Jobs are a Kubernetes cluster's own, with all that such a one can do.
    private static bool BeginsByTheClock(WorkloadTemplate template) => template.Container is { Kubernetes.Kind: "CronJob" };

    // What a Job says of its replicas by their numbers.
    private static bool IsOfNumbers(string path) => NumberFields.Any(field => path == field || path.StartsWith(field + ".", StringComparison.Ordinal));

    // Its own packets are a workload's to encrypt and to size. Other drivers and options reach the machine's interfaces, or the numbers by which networks are kept apart.
    private static bool ReachesBeyond(NetworkAttachment network) =>
        network.Driver is not (null or "overlay" or "bridge") || (network.DriverOptions is { Count: > 0 } options && !options.Keys.All(OfPackets.Contains))
        || network.Ipv4Address is not null || network.Ipv6Address is not null || network.LinkLocalAddresses is { Count: > 0 } || network.MacAddress is not null;

    // Files of the engine's own. Every other driver is the engine calling somebody, as root and from its machine.
    private static bool LeavesContainer(LogDriver logging) =>
        logging.Driver is not (null or "" or "json-file" or "local" or "none") || (logging.Options is { Count: > 0 } options && !options.Keys.All(OfFiles.Contains));

    private static bool Any<T>(IReadOnlyList<T>? items, Func<T, bool> asked)
    {
        for (int i = 0; i < (items?.Count ?? 0); i++)
        {
            if (asked(items![i])) return true;
        }
        return false;
    }
}
