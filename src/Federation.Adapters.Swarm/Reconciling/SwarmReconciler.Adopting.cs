using Federation.Adapters.Swarm.Adopting;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Json;
using Federation.Domain.Workloads;
using Federation.Engine;
using Federation.Engine.Networks;
using Federation.Engine.Swarm;
using FileTarget = Federation.Engine.Swarm.FileTarget;

namespace Federation.Adapters.Swarm.Reconciling;

/// <content>Services that ran before the plane did.</content>
public sealed partial class SwarmReconciler
{
    /// <summary>Reads what runs in the swarm and is not this cluster's, in order of name.</summary>
    /// <exception cref="InvalidOperationException">The plane is not known yet.</exception>
    /// <exception cref="EngineException">The manager does not answer.</exception>
    public async Task<IReadOnlyList<ForeignService>> ListForeignAsync(CancellationToken cancellationToken)
    {
        string plane = _options.Plane() ?? throw new InvalidOperationException("the agent has no certificate of the plane yet");
        EngineClient manager = _managers.Current;
        IReadOnlyList<NetworkDetails> networks = await manager.ListNetworksAsync([("scope", "swarm")], cancellationToken);
        IReadOnlyList<SwarmService> services = await manager.ListServicesAsync([], cancellationToken);
        IReadOnlyList<SwarmTask> tasks = await manager.ListTasksAsync([("desired-state", "running")], cancellationToken);
        IReadOnlyList<string> offered;
        lock (_gate) offered = _offered;
        var foreign = new ForeignServices(plane, _options.Cluster, offered, networks.DistinctBy(static network => network.Id).ToDictionary(static network => network.Id, static network => network.Name));
        return [.. services.Select(service => foreign.Read(service, tasks)).OfType<ForeignService>().OrderBy(static service => service.Name, StringComparer.Ordinal)];
    }

    // The service that an order's workload was before the plane, if it is there and nothing of the order is in the swarm yet.
    private static SwarmService? ToAdopt(Share share, SwarmView view) => share is { Order: { Adoption: { } adoption, State: AssignmentState.Active, Replicas: > 0 }, Services.Count: 0 }
        ? view.Services.FirstOrDefault(service => service.Spec.Name == adoption.Service) : null;

    // Only labels of the service change, so that none of its tasks is started anew. From the next turn on it is seen as ours. False if it cannot be, which is then told.
    private async Task<bool> AdoptAsync(EngineClient manager, string plane, SwarmNames names, Assignment order, SwarmService service, SwarmView view, CancellationToken cancellationToken)
    {
        if (ForeignServices.Unfit(service.Spec) is { } unfit)
        {
            Refuse(order.Id, $"the service {service.Spec.Name} cannot be adopted: {unfit}");
            return false;
        }
        if (order.Template.Volumes is { Count: > 0 } volumes)
        {
            string[] machines = [.. view.Tasks.Where(task => task.ServiceId == service.Id && !task.HasEnded() && !task.IsUnwanted()).Select(static task => task.NodeId).OfType<string>().Distinct()];
            if (machines.Length != 1)
            {
                Refuse(order.Id, $"the service {service.Spec.Name} cannot be adopted: it runs on {machines.Length} machines, and a workload's volume lies on one");
                return false;
            }
            if (!await TrySettleAsync(manager, plane, names, order, volumes, machines[0], view, cancellationToken)) return false;
        }
        bool asOrdered = DomainJson.SaysTheSame(ServiceReading.TemplateOf(service.Spec), order.Template);
        await manager.UpdateServiceAsync(service.Id, service.Version, service.Spec with { Labels = AdoptedServices.Marked(plane, order, service.Spec, asOrdered) }, null, cancellationToken);
        LogAdopted(_logger, service.Spec.Name, order.Id, asOrdered ? "as it runs" : "and runs otherwise than ordered");
        lock (_gate) _refusals.Remove(order.Id);
        return true;
    }

    // Its volumes lie where it runs; false if one of their names is at home on another machine already, which is then told.
    private async Task<bool> TrySettleAsync(
        EngineClient manager, string plane, SwarmNames names, Assignment order, IReadOnlyList<VolumeReference> volumes, string machine, SwarmView view, CancellationToken cancellationToken)
    {
        foreach (string volume in volumes.Select(static volume => volume.Name).Distinct(StringComparer.Ordinal))
        {
            string name = names.Volume(order.Workload.Tenant, order.Workload.Namespace, volume);
            string? home = view.Configs.GetValueOrDefault(name)?.Spec.Labels?.GetValueOrDefault(SwarmLabels.Home);
            if (home is null) await KeepHomeAsync(manager, plane, order, name, machine, cancellationToken);
            else if (home != machine)
            {
                Refuse(order.Id, $"the service {order.Adoption!.Service} cannot be adopted: it runs on the machine {machine}, and the volume {volume} of this namespace is at home on {home}");
                return false;
            }
        }
        return true;
    }

    // What the adopted service had of the swarm's own, for a service that takes its place; false if something of it is gone, which is then told.
    private async Task<bool> TryTakeOverAsync(
        EngineClient manager, Assignment order, SwarmView view, List<TaskNetwork> networks, List<ConfigReference> configs, List<SecretReference> secrets, CancellationToken cancellationToken)
    {
        if (order.Adoption is not { } adoption) return true;
        foreach (AdoptedNetwork network in adoption.Networks ?? [])
        {
            // By id, as the swarm tells it again: another word for it would look like a change of others.
            if (!view.ForeignNetworks.TryGetValue(network.Name, out string? id)) return Missing("network", network.Name);
            networks.Add(new TaskNetwork(id, network.Aliases));
        }
        foreach (AdoptedFile file in adoption.Configs ?? [])
        {
            if (Named(await manager.ListConfigsAsync([("name", file.Name)], cancellationToken), file) is not { } config) return Missing("config", file.Name);
            configs.Add(new ConfigReference { ConfigId = config.Id, ConfigName = file.Name, File = TargetOf(file) });
        }
        foreach (AdoptedFile file in adoption.Secrets ?? [])
        {
            if (Named(await manager.ListSecretsAsync([("name", file.Name)], cancellationToken), file) is not { } secret) return Missing("secret", file.Name);
            secrets.Add(new SecretReference { SecretId = secret.Id, SecretName = file.Name, File = TargetOf(file) });
        }
        return true;

        // The swarm finds names that begin so.
        static SwarmFile? Named(IReadOnlyList<SwarmFile> found, AdoptedFile file) => found.FirstOrDefault(one => one.Spec.Name == file.Name);

        bool Missing(string kind, string name)
        {
            Refuse(order.Id, $"the {kind} {name} of the adopted service {adoption.Service} is not in the swarm any more: make it again, or take it out of the cluster's spec.adoptions");
            return false;
        }
    }

    private static FileTarget TargetOf(AdoptedFile file) => new()
    {
        Name = file.Target,
        UserId = file.User ?? "0",
        GroupId = file.Group ?? "0",
        Mode = file.Mode is { } mode && OctalMode.Read(mode) is { } rights ? (uint)rights : new FileTarget { Name = file.Target }.Mode,
    };
}
