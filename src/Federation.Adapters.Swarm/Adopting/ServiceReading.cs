using System.Globalization;
using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Engine.Containers;
using Federation.Engine.Swarm;
using RestartPolicy = Federation.Domain.Workloads.RestartPolicy;

namespace Federation.Adapters.Swarm.Adopting;

/// <summary>Reads a service's tasks as a workload's template: the way of <see cref="Services.ServiceForm"/> back. What has no word in a template is left out. Pure.</summary>
internal static class ServiceReading
{
    private const double NanosecondsPerSecond = 1e9;
    private const long NanosecondsPerMillicore = 1_000_000;

    /// <summary>The template.</summary>
    public static WorkloadTemplate TemplateOf(ServiceSpec service)
    {
        TaskSpec task = service.TaskTemplate;
        TaskContainerSpec container = task.ContainerSpec ?? new TaskContainerSpec();
        return new WorkloadTemplate
        {
            Image = container.Image,
            Container = ContainerOf(service, task, container),
            Environment = EnvironmentOf(container.Env),
            Ports = Some((service.EndpointSpec?.Ports ?? []).Where(static port => port.Protocol is "tcp" or "udp").Select(PortOf).DistinctBy(static port => port.Name)),
            Resources = ResourcesOf(task.Resources),
            HealthCheck = CheckOf(container.Healthcheck),
            Volumes = Some((container.Mounts ?? []).Where(static mount => mount is { Type: "volume", Source.Length: > 0 }).Select(VolumeOf)),
            Restart = RestartOf(task.RestartPolicy),
            StopGraceSeconds = container.StopGracePeriod is { } grace ? (int)Math.Clamp(Math.Ceiling(grace / NanosecondsPerSecond), 0, 3600) : new WorkloadTemplate().StopGraceSeconds,
        };
    }

    /// <summary>How the workload replaces its replicas, as the service does.</summary>
    public static UpdateStrategy UpdateOf(ServiceSpec service)
    {
        var usual = new UpdateStrategy();
        // What is left out is the swarm's own: one after the other, and the old before the new (https://docs.docker.com/reference/cli/docker/service/update/).
        ServiceUpdateConfig update = service.UpdateConfig ?? new ServiceUpdateConfig { Parallelism = 1 };
        ReplicaShare share = update.Parallelism == 0 ? new ReplicaShare(100, Percent: true) : (int)Math.Min(update.Parallelism, 1000);
        // A machine's port is not free for the new before the old has ended.
        bool starts = update.Order == "start-first" && service.EndpointSpec?.Ports?.Any(static port => port is { PublishMode: "host", PublishedPort: > 0 }) != true;
        return usual with
        {
            MaxSurge = starts ? share : 0,
            MaxUnavailable = starts ? 0 : share,
            OnFailure = update.FailureAction == "pause" ? FailureAction.Pause : usual.OnFailure,
        };
    }

    /// <summary>The nearest name that a resource of the plane may have.</summary>
    public static string NameOf(string text)
    {
        string name = new string([.. text.Select(static c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')]).Trim('-');
        return name.Length > Domain.Identifiers.Name.MaxLength ? name[..Domain.Identifiers.Name.MaxLength].TrimEnd('-') : name;
    }

    private static ContainerTemplate ContainerOf(ServiceSpec service, TaskSpec task, TaskContainerSpec container) => new()
    {
        Command = Words(container.Command),
        Arguments = Words(container.Args),
        WorkingDirectory = Text(container.Dir),
        User = Text(container.User),
        StopSignal = Text(container.StopSignal),
        Groups = Some(container.Groups),
        Hostname = Text(container.Hostname),
        Init = container.Init,
        Terminal = container.Tty ?? false,
        OpenInput = container.OpenStdin ?? false,
        NoHealthCheck = container.Healthcheck is { Test: ["NONE", ..] },
        ReadOnly = container.ReadOnly ?? false,
        CapAdd = Some(container.CapabilityAdd?.Select(LinuxCapabilities.Plain)),
        CapDrop = Some(container.CapabilityDrop?.Select(LinuxCapabilities.Plain)),
        SecurityOptions = container.Privileges is { NoNewPrivileges: true } ? ["no-new-privileges:true"] : null,
        Sysctls = container.Sysctls is { Count: > 0 } sysctls ? sysctls : null,
        Ulimits = Some(container.Ulimits?.Select(static one => new Ulimit { Name = one.Name, Soft = one.Soft, Hard = one.Hard })),
        PidsLimit = task.Resources?.Limits is { Pids: > 0 } limits ? (int)Math.Min(limits.Pids, int.MaxValue) : null,
        Tmpfs = Some((container.Mounts ?? []).Where(static mount => mount.Type == "tmpfs").Select(TmpfsOf)),
        Binds = Some((container.Mounts ?? []).Where(static mount => mount.Type == "bind").Select(BindOf)),
        Scratch = Some((container.Mounts ?? []).Where(static mount => mount is { Type: "volume", Source: null or "" }).Select(static mount => mount.Target)),
        ExtraHosts = Some((container.Hosts ?? []).SelectMany(HostsOf)),
        Dns = Some(container.Dns?.Nameservers),
        DnsSearch = Some(container.Dns?.Search),
        DnsOptions = Some(container.Dns?.Options),
        EndpointMode = Text(service.EndpointSpec?.Mode),
        Nodes = NodesOf(task.Placement),
        Logging = task.LogDriver is { } driver ? new LogDriver { Driver = Text(driver.Name), Options = driver.Options is { Count: > 0 } options ? options : null } : null,
        Labels = Own(container.Labels),
        ServiceLabels = Own(service.Labels),
    };

    // Marks of ours are none of its own. With those of a stack the docker command would take what comes after it for the stack's, and remove it.
    private static Dictionary<string, string>? Own(IReadOnlyDictionary<string, string>? labels)
    {
        Dictionary<string, string> own = (labels ?? new Dictionary<string, string>())
            .Where(static label => !SwarmLabels.IsMark(label.Key) && !label.Key.StartsWith("com.docker.stack.", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        return own.Count > 0 ? own : null;
    }

    private static PortTemplate PortOf(ServicePort port) => new()
    {
        Name = NameOf(port.Name is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"port-{port.TargetPort}{(port.Protocol == "udp" ? "-udp" : "")}")),
        ContainerPort = port.TargetPort,
        Protocol = port.Protocol == "udp" ? PortProtocol.Udp : PortGuess.Of(port.TargetPort),
        PublishedPort = port.PublishedPort is > 0 and { } published ? published : null,
        Publish = port.PublishMode == "host" && port.PublishedPort is > 0 ? PublishMode.Host : PublishMode.Ingress,
    };

    private static Dictionary<string, string>? EnvironmentOf(IReadOnlyList<string>? env)
    {
        if (env is not { Count: > 0 }) return null;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string entry in env)
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            // A name alone takes nothing from a swarm's machines: it sets nothing.
            if (equals > 0) environment[entry[..equals]] = Plain(entry[(equals + 1)..]);
        }
        return environment.Count > 0 ? environment : null;
    }

    private static ResourceRequirements? ResourcesOf(TaskResources? resources)
    {
        ServiceResourceAmount reserved = resources?.Reservations ?? new ServiceResourceAmount(), limits = resources?.Limits ?? new ServiceResourceAmount();
        if (reserved is { NanoCpus: 0, MemoryBytes: 0 } && limits is { NanoCpus: 0, MemoryBytes: 0 }) return null;
        return new ResourceRequirements
        {
            Cpu = new CpuMillis(reserved.NanoCpus / NanosecondsPerMillicore),
            Memory = new MemoryBytes(reserved.MemoryBytes),
            CpuLimit = limits.NanoCpus > 0 ? new CpuMillis(limits.NanoCpus / NanosecondsPerMillicore) : null,
            MemoryLimit = limits.MemoryBytes > 0 ? new MemoryBytes(limits.MemoryBytes) : null,
        };
    }

    private static HealthCheck? CheckOf(ContainerHealthCheck? check)
    {
        var usual = new HealthCheck();
        string[] words = [.. (check?.Test ?? []).Skip(1).Select(Plain)];
        string[] command = check?.Test?.FirstOrDefault() switch
        {
            "CMD" => words,
            "CMD-SHELL" => ["/bin/sh", "-c", string.Join(' ', words)],
            _ => [],
        };
        return command.Length == 0 ? null : new HealthCheck
        {
            Exec = new ExecCheck { Command = command },
            // What is left out is the engine's own: every 30 s, and as long for an answer, three times (https://docs.docker.com/reference/dockerfile/#healthcheck).
            IntervalSeconds = Seconds(check!.Interval, 30),
            TimeoutSeconds = Seconds(check.Timeout, 30),
            FailureThreshold = check.Retries is > 0 and <= 1000 ? check.Retries : usual.FailureThreshold,
            StartSeconds = Seconds(check.StartPeriod, usual.StartSeconds),
        };

        static int Seconds(long nanoseconds, int otherwise) => nanoseconds <= 0 ? otherwise : (int)Math.Clamp(Math.Ceiling(nanoseconds / NanosecondsPerSecond), 1, 3600);
    }

    private static RestartPolicy RestartOf(TaskRestartPolicy? restart)
    {
        var usual = new RestartPolicy();
        if (restart is null) return usual;
        double delay = Math.Min((restart.Delay ?? 0) / NanosecondsPerSecond, 3600);
        return new RestartPolicy
        {
            Condition = restart.Condition switch { "none" => RestartCondition.Never, "on-failure" => RestartCondition.OnFailure, _ => RestartCondition.Always },
            BackoffSeconds = delay > 0 ? delay : usual.BackoffSeconds,
            MaxBackoffSeconds = Math.Max(delay, usual.MaxBackoffSeconds),
            MaxAttempts = restart.MaxAttempts is > 0 and { } attempts ? (int)Math.Min(attempts, 1_000_000) : null,
            WindowSeconds = restart.Window is > 0 and { } window ? window / NanosecondsPerSecond : null,
        };
    }

    private static VolumeReference VolumeOf(TaskMount mount) => new()
    {
        Name = NameOf(mount.Source!),
        Path = mount.Target,
        ReadOnly = mount.ReadOnly,
        SubPath = Text(mount.VolumeOptions?.Subpath),
        NoCopy = mount.VolumeOptions?.NoCopy ?? false,
        Driver = mount.VolumeOptions?.DriverConfig is { Name: { Length: > 0 } driver } && driver != "local" ? driver : null,
        DriverOptions = mount.VolumeOptions?.DriverConfig?.Options is { Count: > 0 } options ? options : null,
    };

    private static TmpfsMount TmpfsOf(TaskMount mount) => new()
    {
        Path = mount.Target,
        Size = mount.TmpfsOptions is { SizeBytes: > 0 } sized ? new MemoryBytes(sized.SizeBytes) : null,
        Mode = mount.TmpfsOptions is { Mode: > 0 } with ? Convert.ToString((int)with.Mode, 8) : null,
    };

    private static BindMount BindOf(TaskMount mount) => new()
    {
        Source = mount.Source ?? "",
        Path = mount.Target,
        ReadOnly = mount.ReadOnly,
        Propagation = Text(mount.BindOptions?.Propagation),
        Create = mount.BindOptions?.CreateMountpoint ?? false,
    };

    // "ADDRESS HOST [HOST...]", as a hosts file writes it.
    private static IEnumerable<HostAddress> HostsOf(string entry)
    {
        string[] words = entry.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Skip(1).Select(host => new HostAddress { Host = host, Address = words[0] });
    }

    private static NodePlacement? NodesOf(TaskPlacement? placement)
    {
        var nodes = new NodePlacement
        {
            Constraints = Some(placement?.Constraints),
            Spread = Some((placement?.Preferences ?? []).Select(static preference => preference.Spread?.SpreadDescriptor).OfType<string>()),
            MaxPerNode = placement is { MaxReplicas: > 0 } ? (int)Math.Min(placement.MaxReplicas, 100_000) : null,
        };
        return nodes is { Constraints: null, Spread: null, MaxPerNode: null } ? null : nodes;
    }

    // A reference to a variable of the plane was none before.
    private static string Plain(string text) => text.Replace("$(", "$$(", StringComparison.Ordinal);

    private static IReadOnlyList<string>? Words(IReadOnlyList<string>? words) => Some(words?.Select(Plain));

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static IReadOnlyList<T>? Some<T>(IEnumerable<T>? items)
    {
        T[] all = [.. items ?? []];
        return all.Length > 0 ? all : null;
    }
}
