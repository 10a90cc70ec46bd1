namespace Federation.Domain.Observation;

/// <summary>
/// What agents offer of a container's needs (<see cref="Workloads.ContainerNeeds"/>), by what runs the container: the one list from which agents say it of their clusters, the reference of Compose
/// keys of its columns, and refusals what would help.
/// </summary>
public static class OfferedCapabilities
{
    /// <summary>The setting by which the owner of machines grants rights on them, for agents of every kind.</summary>
    public const string RightsSetting = "Agent__MachineRights=true";

    /// <summary>The setting by which an agent learns that its Kubernetes cluster keeps policies, and so <see cref="Capability.ClosedNetworks"/>.</summary>
    public const string PoliciesSetting = "Agent__Kubernetes__NetworkPolicies=true";

    /// <summary>A Docker Engine.</summary>
    public static CapabilityOffer Engine { get; } = new(
        [
            Capability.UsualCapabilities, Capability.NoNewPrivileges, Capability.Ulimits, Capability.PidsLimit, Capability.SharedMemory, Capability.ReadOnlyRoot, Capability.Tmpfs, Capability.Scratch,
            Capability.VolumeParts, Capability.FileTargets, Capability.PullSecrets, Capability.Names, Capability.PublishedPorts, Capability.Datagrams, Capability.Groups, Capability.Sysctls, Capability.GlobalMode, Capability.Jobs, Capability.JobVolumes, Capability.NetworkNames, Capability.ClosedNetworks, Capability.Networks,
        ],
        [
            Capability.LinuxCapabilities, Capability.Privileged, Capability.Confinement, Capability.Tuning, Capability.Binds, Capability.VolumeDrivers, Capability.Devices,
            Capability.DeviceRequests, Capability.Runtimes, Capability.LogDrivers, Capability.ForeignNetworks,
        ]);

    /// <summary>A Docker Swarm; <see cref="Capability.NoNewPrivileges"/> only where all of its machines know it.</summary>
    public static CapabilityOffer Swarm { get; } = new(
        [
            Capability.UsualCapabilities, Capability.NoNewPrivileges, Capability.Sysctls, Capability.Ulimits, Capability.PidsLimit, Capability.ReadOnlyRoot, Capability.Tmpfs, Capability.Scratch,
            Capability.VolumeParts, Capability.FileTargets, Capability.PullSecrets, Capability.Names, Capability.PublishedPorts, Capability.Datagrams, Capability.NodeTerms, Capability.GlobalMode, Capability.Groups, Capability.Jobs,
            Capability.JobVolumes, Capability.NetworkNames, Capability.ClosedNetworks, Capability.Networks,
        ],
        [Capability.LinuxCapabilities, Capability.Binds, Capability.VolumeDrivers, Capability.LogDrivers, Capability.ForeignNetworks]);

    /// <summary>
    /// A Kubernetes cluster; <see cref="Capability.ClosedNetworks"/> only where its own network keeps policies. Its own way of logging is not a workload's to change, so that a log driver changes nothing there.
    /// </summary>
    public static CapabilityOffer Kubernetes { get; } = new(
        [
            Capability.UsualCapabilities, Capability.NoNewPrivileges, Capability.Sysctls, Capability.SharedMemory, Capability.ReadOnlyRoot, Capability.Tmpfs, Capability.Scratch, Capability.VolumeParts,
            Capability.FileTargets, Capability.PullSecrets, Capability.Names, Capability.PublishedPorts, Capability.Datagrams, Capability.NodeTerms, Capability.Groups, Capability.LogDrivers, Capability.KubernetesFields,
            Capability.GlobalMode, Capability.Jobs, Capability.Schedules, Capability.NetworkNames, Capability.ClosedNetworks,
        ],
        [Capability.LinuxCapabilities, Capability.Privileged, Capability.Binds, Capability.Namespaces, Capability.KubernetesRights]);

    /// <summary>Whether it is a right on the machine where it is offered at all: by it whoever may apply a workload can take the machine that runs it, and what other tenants have there.</summary>
    public static bool IsRight(string capability) => Engine.Rights.Contains(capability) || Swarm.Rights.Contains(capability) || Kubernetes.Rights.Contains(capability);
}
