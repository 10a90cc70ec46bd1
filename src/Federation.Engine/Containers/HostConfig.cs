using System.Text.Json.Serialization;

namespace Federation.Engine.Containers;

/// <summary>What a container may use of its machine.</summary>
public sealed record HostConfig
{
    /// <summary>The network that it joins first.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>Its ports (<c>80/tcp</c>) and where they are published.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>>? PortBindings { get; init; }

    /// <summary>What of the machine it sees.</summary>
    public IReadOnlyList<Mount>? Mounts { get; init; }

    /// <summary>Who starts it again.</summary>
    public RestartPolicy? RestartPolicy { get; init; }

    /// <summary>The most memory, in bytes; 0 for no limit.</summary>
    public long Memory { get; init; }

    /// <summary>The most memory and swap together, in bytes.</summary>
    public long MemorySwap { get; init; }

    /// <summary>The most processor time, in billionths of a processor; 0 for no limit.</summary>
    public long NanoCpus { get; init; }

    /// <summary>Its weight where processors are scarce; 1024 is one processor's.</summary>
    public long CpuShares { get; init; }

    /// <summary>Options such as <c>no-new-privileges</c>.</summary>
    public IReadOnlyList<string>? SecurityOpt { get; init; }

    /// <summary>Where its output is kept.</summary>
    public LogConfig? LogConfig { get; init; }

    /// <summary>Folders of the machine, each <c>FOLDER:PATH</c> or <c>FOLDER:PATH:OPTIONS</c>; made where they are not there.</summary>
    public IReadOnlyList<string>? Binds { get; init; }

    /// <summary>File systems in memory: paths, each with its mount options.</summary>
    public IReadOnlyDictionary<string, string>? Tmpfs { get; init; }

    /// <summary>Linux capabilities beside the usual ones.</summary>
    public IReadOnlyList<string>? CapAdd { get; init; }

    /// <summary>Linux capabilities that are taken away.</summary>
    public IReadOnlyList<string>? CapDrop { get; init; }

    /// <summary>Whether it has every right on the machine.</summary>
    public bool Privileged { get; init; }

    /// <summary>Whether its root file system can only be read.</summary>
    public bool ReadonlyRootfs { get; init; }

    /// <summary>Whether a small first process hands on signals; the daemon's choice if left out.</summary>
    public bool? Init { get; init; }

    /// <summary>Kernel settings of its own name spaces.</summary>
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>Limits of its user.</summary>
    public IReadOnlyList<UserLimit>? Ulimits { get; init; }

    /// <summary>The most processes and threads; -1 for no limit.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>The size of /dev/shm, in bytes.</summary>
    public long? ShmSize { get; init; }

    /// <summary>Groups that its user is in as well.</summary>
    public IReadOnlyList<string>? GroupAdd { get; init; }

    /// <summary>Names with fixed addresses, each <c>NAME:ADDRESS</c>.</summary>
    public IReadOnlyList<string>? ExtraHosts { get; init; }

    /// <summary>Name servers.</summary>
    public IReadOnlyList<string>? Dns { get; init; }

    /// <summary>Domains in which short names are looked up.</summary>
    public IReadOnlyList<string>? DnsSearch { get; init; }

    /// <summary>Options of the resolver.</summary>
    public IReadOnlyList<string>? DnsOptions { get; init; }

    /// <summary>Devices of the machine.</summary>
    public IReadOnlyList<DeviceMap>? Devices { get; init; }

    /// <summary>Rules for devices that appear later.</summary>
    public IReadOnlyList<string>? DeviceCgroupRules { get; init; }

    /// <summary>Devices that drivers hand out.</summary>
    public IReadOnlyList<DriverDevices>? DeviceRequests { get; init; }

    /// <summary>The runtime, by name.</summary>
    public string? Runtime { get; init; }

    /// <summary>The cores that it may run on.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>The period of real-time scheduling, in microseconds.</summary>
    public long? CpuRealtimePeriod { get; init; }

    /// <summary>The run time in such a period, in microseconds.</summary>
    public long? CpuRealtimeRuntime { get; init; }

    /// <summary>How gladly the kernel swaps it out, 0 to 100.</summary>
    public long? MemorySwappiness { get; init; }

    /// <summary>Whether the kernel spares it when memory is short.</summary>
    public bool? OomKillDisable { get; init; }

    /// <summary>How early the kernel ends it when memory is short.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>The group under which its control group lies.</summary>
    public string? CgroupParent { get; init; }

    /// <summary>Options of the storage for it.</summary>
    public IReadOnlyDictionary<string, string>? StorageOpt { get; init; }

    /// <summary>Its weight when disks are busy.</summary>
    public int? BlkioWeight { get; init; }

    /// <summary>Its weights at single disks.</summary>
    public IReadOnlyList<DiskWeight>? BlkioWeightDevice { get; init; }

    /// <summary>The most bytes read a second.</summary>
    public IReadOnlyList<DiskRate>? BlkioDeviceReadBps { get; init; }

    /// <summary>The most bytes written a second.</summary>
    public IReadOnlyList<DiskRate>? BlkioDeviceWriteBps { get; init; }

    /// <summary>The most reads a second.</summary>
    [JsonPropertyName("BlkioDeviceReadIOps")]
    public IReadOnlyList<DiskRate>? BlkioDeviceReadOperations { get; init; }

    /// <summary>The most writes a second.</summary>
    [JsonPropertyName("BlkioDeviceWriteIOps")]
    public IReadOnlyList<DiskRate>? BlkioDeviceWriteOperations { get; init; }
}
