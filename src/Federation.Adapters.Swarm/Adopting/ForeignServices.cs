using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Rendering;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Resources;
using Federation.Domain.Resources.Rules;
using Federation.Domain.Workloads;
using Federation.Engine.Swarm;
using FileTarget = Federation.Engine.Swarm.FileTarget;

namespace Federation.Adapters.Swarm.Adopting;

/// <summary>What a swarm runs that is not the plane's: which workloads it would be, and what of it could not be. Pure.</summary>
/// <param name="plane">Whose the marks of ours are.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="offered">What the swarm can do for workloads.</param>
/// <param name="networks">The names of the swarm's networks, by id.</param>
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
            Update = ServiceReading.UpdateOf(service.Spec),
            Networks = Some((service.Spec.TaskTemplate.Networks ?? []).Select(network => NetworkOf(network, service.Spec.Name))),
            Secrets = Some((container?.Secrets ?? []).Select(static secret => FileOf(secret.SecretName, secret.File))),
            Configs = Some((container?.Configs ?? []).Where(static config => config.File is not null).Select(static config => FileOf(config.ConfigName, config.File))),
            Volumes = Some((container?.Mounts ?? []).Where(static mount => mount is { Type: "volume", Source.Length: > 0 }).Select(static mount => mount.Source!).Distinct(StringComparer.Ordinal)
                .Select(static source => new AdoptedVolume { Name = ServiceReading.NameOf(source), Source = source })),
        };
        return found with { Refusal = Refusal(service.Spec, template, running), LaterWithout = [.. LaterWithout(service.Spec, found)] };
    }

    /// <summary>Why a service cannot be taken over, whatever its workload says; null if it can.</summary>
    public static string? Unfit(ServiceSpec service)
    {
        if (service.Labels?.ContainsKey(SwarmLabels.Plane) == true)
            return $"it bears the marks of another plane, cluster or order; where that is gone for good: docker service update --label-rm {SwarmLabels.Plane} {service.Name}";
        return service.Mode?.Replicated is null ? "it is no replicated service, and a swarm turns none of the other kinds into one" : null;
    }

    private string? Refusal(ServiceSpec service, WorkloadTemplate template, SwarmTask[] running)
    {
        if ((Unfit(service) ?? ServiceForm.Violation(template)) is { } unfit) return unfit;
        var workload = new Workload { Metadata = new ResourceMetadata { Name = "read", Namespace = "read" }, Spec = new WorkloadSpec { Template = template } };
        if (MissingCapabilities.Of(workload.Spec, offered, "the swarm, as its agent offers it,").FirstOrDefault() is { } missing) return $"{missing.Path}: {missing.Reason}";
        if ((service.TaskTemplate.Networks ?? []).FirstOrDefault(network => !networks.ContainsKey(network.Target)) is { } local) return $"it is in the network {local.Target}, which is no overlay network of the swarm but its machines' own";
        if (VolumesRefusal(service, template, running) is { } volumes) return volumes;
        return ResourceRules.Check(workload) is [{ } broken, ..] ? $"{broken.Path}: {broken.Rule}" : null;
    }

    private static string? VolumesRefusal(ServiceSpec service, WorkloadTemplate template, SwarmTask[] running)
    {
        string[] sources = [.. (service.TaskTemplate.ContainerSpec?.Mounts ?? []).Where(static mount => mount.Type == "volume").Select(static mount => mount.Source ?? "").Where(static source => source.Length > 0)];
        if (sources.Length == 0) return null;
        if (Array.Find(sources, static source => source.Contains("{{", StringComparison.Ordinal)) is { } written) return $"its volume is named {written} anew for each service or task, and that of a later version would be another";
        if (sources.Distinct(StringComparer.Ordinal).GroupBy(ServiceReading.NameOf, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } same)
            return $"its volumes {string.Join(" and ", same)} would have one name here, {same.Key}";
        return running.Select(static task => task.NodeId).Distinct().Count() switch
        {
            0 => "none of its tasks runs, so that nobody knows on which machine its volume lies",
            1 => null,
            _ => "its tasks run on several machines, each with a volume of its own, and a workload's volume lies on one",
        };
    }

    private IEnumerable<string> LaterWithout(ServiceSpec service, ForeignService found)
    {
        ILookup<bool, string> opened = (service.EndpointSpec?.Ports ?? []).Where(static port => port is { PublishMode: not "host" } or { Protocol: not ("tcp" or "udp") })
            .ToLookup(static port => port.Protocol == "tcp", static port => string.Create(CultureInfo.InvariantCulture, $"{port.PublishedPort}{(port.Protocol == "tcp" ? "" : $"/{port.Protocol}")}"));
        if (opened[true].Any()) yield return $"the port {string.Join(", ", opened[true])} of every machine of the swarm: give its callers a Route";
        if (opened[false].Any()) yield return $"the port {string.Join(", ", opened[false])} of every machine of the swarm, where no Route leads: a port for datagrams is reached from outside where it is published in mode host";
        foreach (TaskMount mount in service.TaskTemplate.ContainerSpec?.Mounts ?? [])
            if (mount.Type is not ("volume" or "bind" or "tmpfs") || mount is { Others.Count: > 0 } or { BindOptions.Others.Count: > 0 } or { TmpfsOptions.Others.Count: > 0 } or { VolumeOptions.Others.Count: > 0 }) yield return $"what its mount at {mount.Target} says beyond a volume, a folder or memory";
        foreach (TaskNetwork network in service.TaskTemplate.Networks ?? [])
            if (network.Others is { Count: > 0 }) yield return $"the options of its place in the network {networks.GetValueOrDefault(network.Target, network.Target)}";
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
