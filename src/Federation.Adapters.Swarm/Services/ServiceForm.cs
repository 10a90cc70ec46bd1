using System.Globalization;
using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine.Images;
using Federation.Engine.Swarm;
using ContainerHealthCheck = Federation.Engine.Containers.ContainerHealthCheck;
using UserLimit = Federation.Engine.Containers.UserLimit;

namespace Federation.Adapters.Swarm.Services;

/// <summary>
/// One revision of a workload as a Swarm service. Ports are published on each task's own machine, on a port that Swarm chooses: an ingress port or a
/// virtual address may be called healthy and carry nothing, and could not be probed task by task. Pure.
/// </summary>
internal static class ServiceForm
{
    /// <summary>Where files lie inside a container.</summary>
    public const string Home = "/run/federation";

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMillicore = 1_000_000;

    /// <summary>The least pause between two starts. Swarm's pause does not grow with each end: a program that ends at once would be started several times a second.</summary>
    public const double LeastPauseSeconds = 2;

    /// <summary>What refuses the template on any swarm; null if nothing does.</summary>
    public static string? Violation(WorkloadTemplate template)
    {
        if (template.Image is not { } image) return "the template has no image, and a swarm runs containers alone";
        try
        {
            ImageReference.Parse(image);
        }
        catch (FormatException e)
        {
            return e.Message;
        }
        return ServiceMounts.Violation(template);
    }

    /// <summary>Makes the spec, with the number of replicas left to the caller; null with the rule that refuses.</summary>
    /// <param name="plane">Whose it is.</param>
    /// <param name="names">How it is named.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="networks">The networks that it is in, by id or name.</param>
    /// <param name="configs">Its configs, as they are in the swarm.</param>
    /// <param name="secrets">Its secrets, as they are in the swarm.</param>
    /// <param name="home">The machine that holds its volumes; null if it has none.</param>
    /// <param name="refusal">Why it cannot be made.</param>
    public static ServiceSpec? TryMake(
        string plane, SwarmNames names, Assignment order, IReadOnlyList<TaskNetwork> networks, IReadOnlyList<ConfigReference> configs, IReadOnlyList<SecretReference> secrets, string? home, out string? refusal)
    {
        WorkloadTemplate template = order.Template;
        if ((refusal = Violation(template)) is not null) return null;
        if (ReplicaVariables.TryMake(order, Home, ServiceMounts.Folders(template), out refusal) is not { } variables) return null;
        ContainerTemplate? container = template.Container;
        SortedDictionary<string, string> labels = SwarmLabels.Of(plane, order);
        SortedDictionary<string, string> inside = SwarmLabels.With(labels, container?.Labels);
        inside[ReplicaForm.Label] = ReplicaForm.Of(template).ToText();
        return new ServiceSpec
        {
            Name = names.Service(order.Id, order.Revision, order.Workload),
            Labels = SwarmLabels.With(labels, container?.ServiceLabels),
            Mode = new ServiceMode { Replicated = new ReplicatedMode(0) },
            // A repair replaces tasks one by one, each after its successor runs; where a machine may be full with one, before it.
            UpdateConfig = new ServiceUpdateConfig { Parallelism = 1, Order = ContainerNeeds.MostOnOneMachine(template) is null ? "start-first" : "stop-first", FailureAction = "pause" },
            EndpointSpec = new ServiceEndpointSpec
            {
                Mode = container?.EndpointMode ?? "dnsrr",
                Ports = ServicePorts.Of(template),
            },
            TaskTemplate = new TaskSpec
            {
                ContainerSpec = new TaskContainerSpec
                {
                    Image = template.Image!,
                    Labels = inside,
                    Hostname = container?.Hostname,
                    Init = container?.Init,
                    Tty = container is { Terminal: true } ? true : null,
                    OpenStdin = container is { OpenInput: true } ? true : null,
                    ReadOnly = container is { ReadOnly: true } ? true : null,
                    Groups = container?.Groups,
                    CapabilityAdd = Capabilities(container?.CapAdd),
                    CapabilityDrop = Capabilities(container?.CapDrop),
                    Privileges = container?.SecurityOptions is { } options && options.Any(SecurityOption.IsNoNewPrivileges) ? new TaskPrivileges { NoNewPrivileges = true } : null,
                    Sysctls = container?.Sysctls,
                    Ulimits = container?.Ulimits is { } ulimits ? [.. ulimits.Select(static one => new UserLimit(one.Name, one.Soft, one.Hard))] : null,
                    Hosts = container?.ExtraHosts is { } hosts ? [.. hosts.Select(static one => $"{one.Address} {one.Host}")] : null,
                    Dns = container is { Dns: not null } or { DnsSearch: not null } or { DnsOptions: not null } ? new TaskDnsConfig(container.Dns, container.DnsSearch, container.DnsOptions) : null,
                    Command = container?.Command is { } command ? [.. command.Select(variables.Expand)] : [],
                    Args = container?.Arguments is { } arguments ? [.. arguments.Select(variables.Expand)] : [],
                    Env = variables.ToList(),
                    Dir = container?.WorkingDirectory,
                    User = container?.User,
                    StopSignal = container?.StopSignal,
                    StopGracePeriod = template.StopGraceSeconds * NanosecondsPerSecond,
                    Healthcheck = template.HealthCheck is null && container is { NoHealthCheck: true } ? new ContainerHealthCheck { Test = ["NONE"] } : Check(template.HealthCheck, variables),
                    Mounts = ServiceMounts.Of(names, order, labels),
                    Configs = configs,
                    Secrets = secrets,
                },
                Resources = Resources(template.Resources, container?.PidsLimit),
                RestartPolicy = Restart(template),
                Placement = new TaskPlacement
                {
                    Constraints = [.. (container?.Nodes?.Constraints ?? []).Concat(home is null ? [] : [$"node.id=={home}"]).Distinct(StringComparer.Ordinal)],
                    Preferences = container?.Nodes?.Spread is { } spread ? [.. spread.Select(static label => new TaskPreference(new TaskSpread(label)))] : null,
                    MaxReplicas = (ulong)(ContainerNeeds.MostOnOneMachine(template) ?? 0),
                },
                LogDriver = container?.Logging is { } logging ? new TaskLogDriver(logging.Driver ?? "", logging.Options) : null,
                Networks = networks,
            },
        };
    }

    /// <summary>So many replicas.</summary>
    public static ServiceMode Replicas(int count) => new() { Replicated = new ReplicatedMode((ulong)count) };

    private static TaskResources Resources(ResourceRequirements? wanted, int? pids) => new()
    {
        Reservations = new ServiceResourceAmount { NanoCpus = (wanted?.Cpu.Value ?? 0) * NanosecondsPerMillicore, MemoryBytes = wanted?.Memory.Value ?? 0 },
        Limits = new ServiceResourceAmount { NanoCpus = (wanted?.CpuLimit?.Value ?? 0) * NanosecondsPerMillicore, MemoryBytes = wanted?.MemoryLimit?.Value ?? 0, Pids = Math.Max(0, pids ?? 0) },
    };

    private static TaskRestartPolicy Restart(WorkloadTemplate template) => new()
    {
        Condition = template.Restart.Condition == RestartCondition.Never ? "none" : ContainerNeeds.RunsToAnEnd(template) ? "on-failure" : "any",
        Delay = (long)(Math.Max(LeastPauseSeconds, template.Restart.BackoffSeconds) * NanosecondsPerSecond),
        MaxAttempts = (ulong)(template.Restart.MaxAttempts ?? 0),
        Window = (long)((template.Restart.WindowSeconds ?? 0) * NanosecondsPerSecond),
    };

    // As a swarm keeps them: otherwise what it tells would look changed.
    private static IReadOnlyList<string>? Capabilities(IReadOnlyList<string>? names) => names is null ? null
        : [.. names.Select(LinuxCapabilities.Plain).Select(static name => name == "ALL" ? name : "CAP_" + name)];

    // A command is run by the task's own engine; the other kinds are asked by the agent, who needs no program inside. Without any, the image's own counts.
    private static ContainerHealthCheck? Check(HealthCheck? check, ReplicaVariables variables) => check switch
    {
        null => null,
        { Exec: { } exec } => new ContainerHealthCheck
        {
            Test = ["CMD", .. exec.Command.Select(variables.Expand)],
            Interval = check.IntervalSeconds * NanosecondsPerSecond,
            Timeout = check.TimeoutSeconds * NanosecondsPerSecond,
            // As many failures as give it up later are borne after it.
            StartPeriod = Math.Max(0, check.StartSeconds - (check.FailureThreshold * check.IntervalSeconds)) * NanosecondsPerSecond,
            Retries = check.FailureThreshold,
        },
        _ => new ContainerHealthCheck { Test = ["NONE"] },
    };

    /// <summary>How a version is shown in messages.</summary>
    public static string Show(SealedFiles files) => string.Create(CultureInfo.InvariantCulture, $"version {files.Version} of the {files.Kind} {files.Name}");
}
