namespace Federation.Domain.Observation;

/// <summary>What agents offer of a container's needs (<see cref="Workloads.ContainerNeeds"/>), by what runs the container: the agents say it of their clusters, and the reference of Compose keys of its columns.</summary>
public static class OfferedCapabilities
{
    /// <summary>A Docker Engine: what stays inside a container, or is its own.</summary>
    public static IReadOnlyList<string> Engine { get; } =
    [
        Capability.Ulimits, Capability.PidsLimit, Capability.SharedMemory, Capability.ReadOnlyRoot, Capability.Tmpfs, Capability.Scratch, Capability.VolumeParts, Capability.FileTargets,
        Capability.Names, Capability.PublishedPorts, Capability.Groups, Capability.Sysctls, Capability.Jobs, Capability.JobVolumes,
    ];

    /// <summary>
    /// A Docker Engine whose owner grants rights on the machine: by each of these whoever may apply a workload can take the machine, and what other tenants have there.
    /// </summary>
    public static IReadOnlyList<string> MachineRights { get; } =
    [
        Capability.LinuxCapabilities, Capability.Privileged, Capability.Confinement, Capability.Tuning, Capability.Binds, Capability.VolumeDrivers, Capability.Devices,
        Capability.DeviceRequests, Capability.Runtimes,
    ];

    /// <summary>A Docker Swarm.</summary>
    public static IReadOnlyList<string> Swarm { get; } =
    [
        Capability.LinuxCapabilities, Capability.Sysctls, Capability.Ulimits, Capability.PidsLimit, Capability.ReadOnlyRoot, Capability.Tmpfs, Capability.Binds, Capability.Scratch,
        Capability.VolumeParts, Capability.VolumeDrivers, Capability.FileTargets, Capability.Names, Capability.PublishedPorts, Capability.NodeTerms, Capability.Groups,
        Capability.Jobs, Capability.JobVolumes,
    ];

    /// <summary>A Kubernetes cluster.</summary>
    public static IReadOnlyList<string> Kubernetes { get; } =
    [
        Capability.LinuxCapabilities, Capability.Privileged, Capability.Sysctls, Capability.SharedMemory, Capability.ReadOnlyRoot, Capability.Tmpfs, Capability.Binds, Capability.Scratch,
        Capability.VolumeParts, Capability.FileTargets, Capability.Names, Capability.Namespaces, Capability.PublishedPorts, Capability.Datagrams, Capability.NodeTerms, Capability.Groups,
        Capability.KubernetesFields, Capability.Jobs,
    ];
}
