using System.Globalization;
using Federation.Adapters.Node.Processes;
using Federation.Domain.Workloads;
using Federation.Engine.Containers;

namespace Federation.Adapters.Node.Containers;

/// <summary>A template's container form, in the engine's words. Pure.</summary>
internal static class ContainerForm
{
    // Older engines do not know the part of a volume, and would show the whole one.
    private static readonly Version KnowsParts = new(1, 45);

    /// <summary>What refuses the template on any engine; null if nothing does.</summary>
    /// <param name="template">What is wanted.</param>
    /// <param name="api">The API's version that is spoken with the engine.</param>
    public static string? Violation(WorkloadTemplate template, Version api)
    {
        ContainerTemplate? container = template.Container;
        foreach (BindMount bind in container?.Binds ?? [])
        {
            if (bind.Pipe) return $"the folder {bind.Source} is to be seen at {bind.Path} as a pipe of Windows, and the engine runs linux containers";
            if (UsesText(bind) && (bind.Source.Contains(':', StringComparison.Ordinal) || bind.Path.Contains(':', StringComparison.Ordinal)))
                return $"the folder {bind.Source} is to be made, or labelled for SELinux, at {bind.Path}: an engine can do that only where neither path has a colon";
            if (UsesText(bind) && bind.Recursive is not null) return $"the folder {bind.Source} at {bind.Path} is to be made, or labelled for SELinux, and 'recursive' with it: an engine does one or the other";
        }
        foreach (VolumeReference volume in template.Volumes ?? [])
            if (volume.SubPath is not null && api < KnowsParts) return $"the part {volume.SubPath} of the volume {volume.Name} is wanted, and the engine speaks API {api}: parts of volumes need {KnowsParts} (Docker 26)";
        foreach (FileReference reference in (template.Configs ?? []).Concat(template.Secrets ?? []))
            foreach (FileTarget file in reference.Files ?? [])
                if (ViolationOf(file) is { } rule) return $"a file of {reference.Name}: {rule}";
        if (container?.Tuning is { CpuCount: not null } or { CpuPercent: not null }) return "cpuCount and cpuPercent are of Windows, and the engine runs linux containers";
        return container?.Isolation is not (null or "default") ? $"the isolation {container.Isolation} is of Windows, and the engine runs linux containers" : null;
    }

    /// <summary>Adds to a container what the template says beyond its image, ports, limits, volumes and files.</summary>
    public static ContainerSpec Extend(ContainerSpec plain, WorkloadTemplate template)
    {
        bool checkedByEngine = template.HealthCheck is null && template.Container is not { NoHealthCheck: true };
        ContainerSpec spec = checkedByEngine ? plain : plain with { Healthcheck = new ContainerHealthCheck { Test = ["NONE"] } };
        if (template.Container is not { } container) return spec;
        HostConfig host = spec.HostConfig!;
        ContainerTuning? tuning = container.Tuning;
        return spec with
        {
            Hostname = container.Hostname,
            Domainname = container.DomainName,
            Labels = With(container.Labels, spec.Labels!),
            HostConfig = host with
            {
                Init = container.Init,
                Privileged = container.Privileged,
                ReadonlyRootfs = container.ReadOnly,
                CapAdd = container.CapAdd is { } added ? [.. added.Select(LinuxCapabilities.Plain)] : null,
                CapDrop = container.CapDrop is { } dropped ? [.. dropped.Select(LinuxCapabilities.Plain)] : null,
                // Who loosens it says so.
                SecurityOpt = container.SecurityOptions is { } options ? options.Any(static option => option.StartsWith("no-new-privileges", StringComparison.Ordinal)) ? options : [.. host.SecurityOpt!, .. options] : host.SecurityOpt,
                Sysctls = container.Sysctls,
                Ulimits = container.Ulimits is { } limits ? [.. limits.Select(static limit => new UserLimit(limit.Name, limit.Soft, limit.Hard))] : null,
                PidsLimit = container.PidsLimit,
                ShmSize = container.SharedMemory?.Value,
                GroupAdd = container.Groups,
                ExtraHosts = container.ExtraHosts is { } hosts ? [.. hosts.Select(static one => $"{one.Host}:{one.Address}")] : null,
                Dns = container.Dns,
                DnsSearch = container.DnsSearch,
                DnsOptions = container.DnsOptions,
                LogConfig = Logging(container.Logging, host.LogConfig!),
                Mounts = [.. host.Mounts!, .. (container.Binds ?? []).Where(static bind => !UsesText(bind)).Select(Bind), .. (container.Scratch ?? []).Select(static path => new Mount { Type = "volume", Target = path })],
                Binds = container.Binds is { } binds ? [.. binds.Where(UsesText).Select(BindText)] : null,
                Tmpfs = container.Tmpfs?.ToDictionary(static mount => mount.Path, TmpfsOptions, StringComparer.Ordinal),
                // The name of a device among a driver's, rather than its path.
                Devices = container.Devices is { } devices ? [.. devices.Where(static device => device.Source.StartsWith('/')).Select(static device => new DeviceMap(device.Source, device.Path ?? device.Source, device.Permissions ?? "rwm"))] : null,
                DeviceCgroupRules = container.DeviceRules,
                DeviceRequests = DriversDevices(container),
                Runtime = container.Runtime,
                MemorySwap = tuning?.MemorySwap ?? host.MemorySwap,
                MemorySwappiness = tuning?.Swappiness,
                CpuShares = tuning?.CpuShares ?? host.CpuShares,
                CpusetCpus = tuning?.CpuSet,
                CpuRealtimePeriod = tuning?.RealtimePeriod,
                CpuRealtimeRuntime = tuning?.RealtimeRuntime,
                OomKillDisable = tuning is { NoOutOfMemoryKill: true } ? true : null,
                OomScoreAdj = tuning?.OutOfMemoryScore,
                CgroupParent = tuning?.CgroupParent,
                StorageOpt = tuning?.StorageOptions,
                BlkioWeight = tuning?.BlockWeight,
                BlkioWeightDevice = Limits(tuning, BlockLimitKind.Weight, static limit => new DiskWeight(limit.Device, limit.Rate)),
                BlkioDeviceReadBps = Limits(tuning, BlockLimitKind.ReadBytes, Rate),
                BlkioDeviceWriteBps = Limits(tuning, BlockLimitKind.WriteBytes, Rate),
                BlkioDeviceReadOperations = Limits(tuning, BlockLimitKind.ReadOperations, Rate),
                BlkioDeviceWriteOperations = Limits(tuning, BlockLimitKind.WriteOperations, Rate),
            },
        };
    }

    private static string? ViolationOf(FileTarget file)
    {
        if (!file.Path.StartsWith('/') || file.Path.EndsWith('/')) return $"its path {file.Path} is not one of a file from the root";
        if (OctalMode.Read(file.Mode ?? MaterialFiles.UsualMode) is null) return $"its mode {file.Mode} is no octal number of at most 7777";
        foreach (string? owner in (string?[])[file.User, file.Group])
            if (owner is not null && !uint.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return $"its owner {owner} is not a number";
        return null;
    }

    // What a user names cannot take the place of the plane's own marks.
    private static SortedDictionary<string, string> With(IReadOnlyDictionary<string, string>? theirs, IReadOnlyDictionary<string, string> ours)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in ours.Concat(theirs ?? new Dictionary<string, string>())) all.TryAdd(name, value);
        return all;
    }

    private static LogConfig Logging(LogDriver? wanted, LogConfig usual)
    {
        if (wanted is null) return usual;
        var options = new Dictionary<string, string>(wanted.Options ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (wanted.Driver is { } driver && driver != usual.Type) return new LogConfig(driver, options);
        foreach ((string name, string value) in usual.Config) options.TryAdd(name, value);
        return new LogConfig(usual.Type, options);
    }

    // Only this form makes a folder that is not there on every engine, and only this one has words for SELinux.
    private static bool UsesText(BindMount bind) => bind.Create || bind.Selinux is not null;

    private static string BindText(BindMount bind)
    {
        string options = string.Join(',', ((string?[])[bind.ReadOnly ? "ro" : null, bind.Selinux, bind.Propagation]).Where(static option => option is not null));
        return options.Length == 0 ? $"{bind.Source}:{bind.Path}" : $"{bind.Source}:{bind.Path}:{options}";
    }

    private static Mount Bind(BindMount bind) => new()
    {
        Type = "bind",
        Source = bind.Source,
        Target = bind.Path,
        ReadOnly = bind.ReadOnly,
        BindOptions = bind is { Propagation: null, Recursive: null } ? null : new MountBind
        {
            Propagation = bind.Propagation,
            NonRecursive = bind.Recursive == "disabled",
            ReadOnlyNonRecursive = bind.Recursive == "writable",
            ReadOnlyForceRecursive = bind.Recursive == "readonly",
        },
    };

    private static string TmpfsOptions(TmpfsMount mount) => string.Join(',',
    [
        .. mount.Size is { } size ? (string[])[string.Create(CultureInfo.InvariantCulture, $"size={size.Value}")] : [],
        .. mount.Mode is { } mode ? (string[])[$"mode={mode}"] : [],
        .. mount.Options ?? [],
    ]);

    private static IReadOnlyList<DriverDevices>? DriversDevices(ContainerTemplate container)
    {
        DriverDevices[] all =
        [
            .. (container.DeviceRequests ?? []).Select(static request => new DriverDevices
            {
                Driver = request.Driver ?? "",
                Count = request.Ids is { Count: > 0 } ? 0 : request.Count ?? -1,
                DeviceIds = request.Ids,
                Capabilities = request.Capabilities is { Count: > 0 } able ? [able] : null,
                Options = request.Options,
            }),
            .. (container.Devices ?? []).Where(static device => !device.Source.StartsWith('/')).Select(static device => new DriverDevices { Driver = "cdi", DeviceIds = [device.Source] }),
        ];
        return all.Length > 0 ? all : null;
    }

    private static DiskRate Rate(BlockLimit limit) => new(limit.Device, limit.Rate);

    private static IReadOnlyList<T>? Limits<T>(ContainerTuning? tuning, BlockLimitKind kind, Func<BlockLimit, T> of) =>
        tuning?.BlockLimits?.Where(limit => limit.Kind == kind).Select(of).ToArray() is { Length: > 0 } limits ? limits : null;
}
