using System.Globalization;
using Federation.Adapters.Swarm.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;
using Federation.Engine.Images;
using Federation.Engine.Swarm;

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

    // Swarm's pause does not grow with each end: a program that ends at once would be started several times a second.
    private const double LeastPauseSeconds = 2;

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
        if (template.Volumes is { Count: > 0 }) return "its volumes cannot be held by a swarm: a task that moves to another machine would find an empty one";
        return null;
    }

    /// <summary>Makes the spec, with the number of replicas left to the caller; null with the rule that refuses.</summary>
    /// <param name="plane">Whose it is.</param>
    /// <param name="names">How it is named.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="network">The id of its namespace's network.</param>
    /// <param name="configs">Its configs, as they are in the swarm.</param>
    /// <param name="secrets">Its secrets, as they are in the swarm.</param>
    /// <param name="refusal">Why it cannot be made.</param>
    public static ServiceSpec? TryMake(
        string plane, SwarmNames names, Assignment order, string network, IReadOnlyList<ConfigReference> configs, IReadOnlyList<SecretReference> secrets, out string? refusal)
    {
        WorkloadTemplate template = order.Template;
        if ((refusal = Violation(template)) is not null) return null;
        if (ReplicaVariables.TryMake(order, Home, new Dictionary<string, string>(), out refusal) is not { } variables) return null;
        ContainerTemplate? container = template.Container;
        SortedDictionary<string, string> labels = SwarmLabels.Of(plane, order);
        return new ServiceSpec
        {
            Name = names.Service(order.Id, order.Revision, order.Workload),
            Labels = labels,
            Mode = new ServiceMode { Replicated = new ReplicatedMode(0) },
            // A repair replaces tasks one by one, each after its successor runs.
            UpdateConfig = new ServiceUpdateConfig { Parallelism = 1, Order = "start-first", FailureAction = "pause" },
            EndpointSpec = new ServiceEndpointSpec
            {
                Mode = "dnsrr",
                Ports = [.. (template.Ports ?? []).Select((_, index) => new ServicePort { TargetPort = ServicePorts.Inside(template, index), PublishMode = "host" })],
            },
            TaskTemplate = new TaskSpec
            {
                ContainerSpec = new TaskContainerSpec
                {
                    Image = template.Image!,
                    Labels = new SortedDictionary<string, string>(labels, StringComparer.Ordinal) { [ReplicaForm.Label] = ReplicaForm.Of(template).ToText() },
                    Command = container?.Command is { } command ? [.. command.Select(variables.Expand)] : [],
                    Args = container?.Arguments is { } arguments ? [.. arguments.Select(variables.Expand)] : [],
                    Env = variables.ToList(),
                    Dir = container?.WorkingDirectory,
                    User = container?.User,
                    StopSignal = container?.StopSignal,
                    StopGracePeriod = template.StopGraceSeconds * NanosecondsPerSecond,
                    Healthcheck = Check(template.HealthCheck, variables),
                    Mounts = [],
                    Configs = configs,
                    Secrets = secrets,
                },
                Resources = Resources(template.Resources),
                RestartPolicy = Restart(template.Restart),
                Placement = new TaskPlacement { Constraints = [] },
                Networks = [new TaskNetwork(network, [order.Workload.Name])],
            },
        };
    }

    private static TaskResources Resources(ResourceRequirements? wanted) => new()
    {
        Reservations = new ServiceResourceAmount { NanoCpus = (wanted?.Cpu.Value ?? 0) * NanosecondsPerMillicore, MemoryBytes = wanted?.Memory.Value ?? 0 },
        Limits = new ServiceResourceAmount { NanoCpus = (wanted?.CpuLimit?.Value ?? 0) * NanosecondsPerMillicore, MemoryBytes = wanted?.MemoryLimit?.Value ?? 0 },
    };

    private static TaskRestartPolicy Restart(RestartPolicy policy) => new()
    {
        Condition = policy.Condition switch
        {
            RestartCondition.Never => "none",
            RestartCondition.OnFailure => "on-failure",
            _ => "any",
        },
        Delay = (long)(Math.Max(LeastPauseSeconds, policy.BackoffSeconds) * NanosecondsPerSecond),
    };

    // A command is run by the task's own engine; the other kinds are asked by the agent, who needs no program inside. Without any, the image's own counts.
    private static ContainerHealthCheck? Check(HealthCheck? check, ReplicaVariables variables) => check switch
    {
        null => null,
        { Exec: { } exec } => new ContainerHealthCheck
        {
            Test = ["CMD", .. exec.Command.Select(variables.Expand)],
            Interval = check.IntervalSeconds * NanosecondsPerSecond,
            Timeout = check.TimeoutSeconds * NanosecondsPerSecond,
            StartPeriod = check.StartSeconds * NanosecondsPerSecond,
            Retries = check.FailureThreshold,
        },
        _ => new ContainerHealthCheck { Test = ["NONE"] },
    };

    /// <summary>How a version is shown in messages.</summary>
    public static string Show(SealedFiles files) => string.Create(CultureInfo.InvariantCulture, $"version {files.Version} of the {files.Kind} {files.Name}");
}
