using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Rendering;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;
using FileTarget = Federation.Engine.Swarm.FileTarget;

namespace Federation.Adapters.Swarm.Adopting;

/// <summary>What a swarm runs that is not the plane's: which workloads it would be, and what of it could not be. Pure.</summary>
/// <param name="plane">Whose the marks of ours are.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="offered">What the swarm can do for workloads.</param>
/// <param name="networks">The swarm's networks: their names, by id and by name.</param>
internal sealed class ForeignServices(string plane, ClusterId cluster, IReadOnlyList<string> offered, IReadOnlyDictionary<string, string> networks)
{
    private const string StackLabel = "com.docker.stack.namespace";

    // Said elsewhere, or of no meaning for what the tasks are: names and marks, how many, how the plane itself replaces, and what an engine notes for its own use.
    private static readonly string[] Unread =
    [
        "Name", "Labels", "Mode", "UpdateConfig", "RollbackConfig", "EndpointSpec.Ports", "EndpointSpec.Mode", "TaskTemplate.Networks", "TaskTemplate.ForceUpdate", "TaskTemplate.Runtime", "TaskTemplate.Placement.Platforms",
        "TaskTemplate.ContainerSpec.Labels", "TaskTemplate.ContainerSpec.Env", "TaskTemplate.ContainerSpec.Mounts", "TaskTemplate.ContainerSpec.Isolation", "TaskTemplate.ContainerSpec.DNSConfig",
    ];

    /// <summary>Reads a service; null if it is this cluster's own already.</summary>
    public ForeignService? Read(SwarmService service, IReadOnlyList<SwarmTask> tasks)
    {
        if (SwarmLabels.AreOurs(service.Spec.Labels, plane, cluster)) return null;
        WorkloadTemplate template = ServiceReading.TemplateOf(service.Spec);
        SwarmTask[] running = [.. tasks.Where(task => task.ServiceId == service.Id && task.IsUp() && !task.IsUnwanted())];
        TaskContainerSpec? container = service.Spec.TaskTemplate.ContainerSpec;
        var found = new ForeignService
        {
            Name = service.Spec.Name,
            Stack = service.Spec.Labels?.GetValueOrDefault(StackLabel),
            Replicas = (int)(service.Spec.Mode?.Replicated?.Replicas ?? 0),
            Running = running.Length,
            Template = template,
            Update = ServiceReading.UpdateOf(service.Spec.UpdateConfig),
            Networks = Some((service.Spec.TaskTemplate.Networks ?? []).Select(network => NetworkOf(network, service.Spec.Name))),
            Secrets = Some((container?.Secrets ?? []).Select(static secret => FileOf(secret.SecretName, secret.File))),
            Configs = Some((container?.Configs ?? []).Where(static config => config.File is not null).Select(static config => FileOf(config.ConfigName, config.File))),
            Volumes = Some((container?.Mounts ?? []).Where(static mount => mount is { Type: "volume", Source.Length: > 0 }).Select(static mount => mount.Source!).Distinct(StringComparer.Ordinal)
                .Select(static source => new AdoptedVolume { Name = ServiceReading.VolumeName(source), Source = source })),
        };
        return found with { Refusal = Refusal(service.Spec, template, running), LaterWithout = [.. LaterWithout(service.Spec, found)] };
    }

    /// <summary>Why a service cannot be taken over, whatever its workload says; null if it can.</summary>
    public static string? Unfit(ServiceSpec service)
    {
        if (service.Labels?.ContainsKey(SwarmLabels.Plane) == true) return "it bears the marks of another plane or cluster";
        return service.Mode?.Replicated is null ? "it is no replicated service, and a swarm turns none of the other kinds into one" : null;
    }

    private string? Refusal(ServiceSpec service, WorkloadTemplate template, SwarmTask[] running)
    {
        if ((Unfit(service) ?? ServiceForm.Violation(template)) is { } unfit) return unfit;
        if (MissingCapabilities.Of(new WorkloadSpec { Template = template }, offered, "the swarm, as its agent offers it,").FirstOrDefault() is { } missing) return $"{missing.Path}: {missing.Reason}";
        return template.Volumes is { Count: > 0 } && running.Select(static task => task.NodeId).Distinct().Count() > 1
            ? "its tasks run on several machines, each with a volume of its own, and a workload's volume lies on one" : null;
    }

    private IEnumerable<string> LaterWithout(ServiceSpec service, ForeignService found)
    {
        string[] opened = [.. (service.EndpointSpec?.Ports ?? []).Where(static port => port is { PublishMode: not "host" } or { Protocol: not "tcp" })
            .Select(static port => string.Create(CultureInfo.InvariantCulture, $"{port.PublishedPort}{(port.Protocol == "tcp" ? "" : $"/{port.Protocol}")}"))];
        if (opened.Length > 0) yield return $"the port {string.Join(", ", opened)} of every machine of the swarm: give its callers a Route";
        foreach (TaskMount mount in service.TaskTemplate.ContainerSpec?.Mounts ?? [])
            if (mount.Type is not ("volume" or "bind" or "tmpfs") || mount.Others is { Count: > 0 }) yield return $"what its mount at {mount.Target} says beyond a volume, a folder or memory";
        var order = new Assignment
        {
            Id = new("read"),
            Workload = new(new("read"), "read", "read"),
            WorkloadUid = "read",
            Cluster = cluster,
            Replicas = found.Replicas,
            Generation = 1,
            Revision = new("read"),
            Template = found.Template,
        };
        if (ServiceForm.TryMake(plane, new SwarmNames(plane, cluster), order, [], service.TaskTemplate.ContainerSpec?.Configs ?? [], service.TaskTemplate.ContainerSpec?.Secrets ?? [], home: null, out string? refusal) is not { } form)
        {
            yield return refusal!;
            yield break;
        }
        JsonObject live = service.ToJson();
        foreach (string path in SpecDrift.Between(live, form.ToJson()))
            if (!Unread.Any(unread => path == unread || path.StartsWith(unread + ".", StringComparison.Ordinal))) yield return $"what the service says in {path}";
        foreach (string name in NotTold(service.TaskTemplate.ContainerSpec?.Env ?? [], form.TaskTemplate.ContainerSpec!.Env ?? [])) yield return $"the variable {name} as the service says it";
    }

    private static IEnumerable<string> NotTold(IReadOnlyList<string> live, IReadOnlyList<string> form) =>
        live.Where(entry => !form.Contains(entry)).Select(static entry => entry.Split('=')[0]).Distinct(StringComparer.Ordinal);

    // A service is found by its own name as well as by its aliases.
    private AdoptedNetwork NetworkOf(TaskNetwork network, string service) => new()
    {
        Name = networks.GetValueOrDefault(network.Target, network.Target),
        Aliases = [.. (network.Aliases ?? []).Append(service).Distinct(StringComparer.Ordinal)],
    };

    private static AdoptedFile FileOf(string name, FileTarget? file) => new()
    {
        Name = name,
        Target = file?.Name ?? name,
        User = file?.UserId is { Length: > 0 } user && user != "0" ? user : null,
        Group = file?.GroupId is { Length: > 0 } group && group != "0" ? group : null,
        Mode = file is { Mode: not 0x124 } ? Convert.ToString((int)(file.Mode & 0xfff), 8) : null,
    };

    private static T[]? Some<T>(IEnumerable<T> items)
    {
        T[] all = [.. items];
        return all.Length > 0 ? all : null;
    }
}
