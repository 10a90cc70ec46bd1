using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Federation.Adapters.Images;
using Federation.Adapters.Swarm.Adopting;
using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Observing;
using Federation.Adapters.Swarm.Services;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Engine;
using Federation.Engine.Images;
using Federation.Engine.Networks;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Reconciling;

public sealed partial class SwarmReconciler
{
    private const int MostWritesAtOnce = 8;

    private readonly Dictionary<AssignmentId, string> _refusals = [];
    private SortedDictionary<AssignmentId, string> _withheld = [];
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _contested = new(StringComparer.Ordinal);
    private readonly HashSet<AssignmentId> _moving = [];

    private async Task<bool> CarryOutAsync(EngineClient manager, string plane, SwarmNames names, Share share, SwarmView view, CancellationToken cancellationToken)
    {
        ServiceStep step;
        bool seen;
        SwarmService? adopted = ToAdopt(share, view);
        lock (_gate)
        {
            step = ServicePlan.Compute(share.Order, [.. share.Services.Select(ServiceStateOf)], LeavingOf(share.Id));
            foreach (ReplicaId id in step.Drains) Drain(id);
            foreach (ReplicaId id in step.Surrendered) _replicas[id].Drain = DrainStage.Surrendered;
            seen = _replicas.Values.Any(replica => replica.Owner.Assignment == share.Id);
            if (step.Counts.Count > 0 || step.Starts > 0) _moving.Add(share.Id);
            else _moving.Remove(share.Id);
        }
        bool ends = share.Order is null or { State: AssignmentState.Withdrawn };
        try
        {
            if (adopted is not null) return !await AdoptAsync(manager, plane, names, share.Order!, adopted, view, cancellationToken);
            foreach ((SwarmService service, TaskOwner owner) in share.Services)
            {
                // A repair makes all tasks of a service anew: what has run to its end would run again for it, and what was adopted runs on as it is.
                bool current = !AdoptedServices.Is(service.Spec) && share.Order is { State: AssignmentState.Active } order && owner.Revision == order.Revision && !HasEnds(service.Id);
                ServiceSpec? form = current ? await FormAsync(manager, plane, names, share.Desired!, view, cancellationToken) : null;
                await BringAsync(manager, service, owner, step.Counts.TryGetValue(service.Id, out int count) ? count : null, form is null ? null : (share.Desired!, form), view, cancellationToken);
            }
            if (step.Starts > 0 && await FormAsync(manager, plane, names, share.Desired!, view, cancellationToken) is { } made && TryLogIn(share.Desired!, made, out RegistryCredentials? credentials))
            {
                await manager.CreateServiceAsync(made with { Mode = ServiceForm.Replicas(step.Starts) }, credentials, cancellationToken);
                LogMade(_logger, made.Name, share.Id, step.Starts);
                lock (_gate) _refusals.Remove(share.Id);
            }
            else if (step.Starts == 0 && share.Services.Count > 0)
            {
                lock (_gate) _refusals.Remove(share.Id);
            }
        }
        catch (EngineException e) when (e.IsConflict && step.Starts > 0)
        {
            Refuse(share.Id, $"{e.Message}; it is not this plane's, and is left as it is: rename or remove it");
        }
        catch (EngineException e) when (e.IsOutOfSequence || e.IsNotFound)
        {
            // Someone was quicker: the next turn sees what they did.
            return false;
        }
        catch (EngineException e) when (e.IsRefusal)
        {
            // It keeps no other order from being carried out. A manager that is away in truth is not seen in the next turn either.
            Refuse(share.Id, e.Message);
        }
        // What runs is seen ending; what is not seen may be about to run, until its service is gone.
        return !ends || share.Services.Count == 0 || seen;
    }

    private bool HasEnds(string service)
    {
        lock (_gate) return _replicas.Values.Any(replica => replica.Task.ServiceId == service && replica.Succeeded is not null);
    }

    private async Task BringAsync(EngineClient manager, SwarmService service, TaskOwner owner, int? count, (DesiredAssignment Desired, ServiceSpec Spec)? form, SwarmView view, CancellationToken cancellationToken)
    {
        // Tasks of an adopted service are known by it alone: it goes when they have gone.
        bool last = count == 0 && AdoptedServices.Is(service.Spec) && (service.Spec.Mode!.Replicated!.Replicas > 0 || view.Tasks.Any(task => task.ServiceId == service.Id && !task.HasEnded()));
        if (last && service.Spec.Mode!.Replicated!.Replicas == 0) return;
        if (count == 0 && !last)
        {
            await manager.RemoveServiceAsync(service.Id, cancellationToken);
            LogRemoved(_logger, service.Spec.Name, owner.Assignment);
            return;
        }
        ServiceSpec spec = service.Spec;
        IReadOnlyList<string> repaired = [];
        RegistryCredentials? credentials = null;
        if (form is { } current)
        {
            JsonObject wanted = (current.Spec with { Mode = null }).ToJson(), live = spec.ToJson();
            IReadOnlyList<string> differing = SpecDrift.Between(wanted, live);
            IReadOnlyList<string> contested;
            lock (_gate)
            {
                contested = _drift.Contested(service.Id, differing);
                if (contested.Count == 0) _contested.Remove(service.Id);
                else _contested[service.Id] = $"drift contested: {string.Join(", ", contested)} was repaired three times in ten minutes and changed again by others; it is left as it is";
            }
            // Without its login, which is then told, a repair would leave the machines with another's.
            if (differing.Count > 0 && contested.Count == 0 && TryLogIn(current.Desired, current.Spec, out credentials))
            {
                repaired = differing;
                spec = ServiceSpec.FromJson(SpecDrift.Repaired(wanted, live));
            }
        }
        if (count is null && repaired.Count == 0) return;
        int replicas = count ?? (int)service.Spec.Mode!.Replicated!.Replicas;
        await manager.UpdateServiceAsync(service.Id, service.Version, spec with { Mode = ServiceForm.Replicas(replicas) }, credentials, cancellationToken);
        if (repaired.Count > 0)
        {
            lock (_gate) _drift.Repaired(service.Id, repaired);
            LogRepaired(_logger, service.Spec.Name, string.Join(", ", repaired));
        }
        if (count is not null) LogScaled(_logger, service.Spec.Name, owner.Assignment, replicas);
    }

    // The spec that the order asks for, its files in the swarm; null if it cannot be made, which is then told.
    private async Task<ServiceSpec?> FormAsync(EngineClient manager, string plane, SwarmNames names, DesiredAssignment desired, SwarmView view, CancellationToken cancellationToken)
    {
        Assignment order = desired.Assignment;
        if (_material.FilesOf(names, desired, out string? refusal) is not { } files) return Refuse(order.Id, refusal!);
        var configs = new List<ConfigReference>();
        var secrets = new List<SecretReference>();
        foreach (MaterialFile file in files)
        {
            if (await IdOfAsync(manager, plane, order, file, view, cancellationToken) is not { } id) return null;
            FileTarget target = FileForm.Placed(file, order);
            if (file.IsSecret) secrets.Add(new SecretReference { SecretId = id, SecretName = file.Name, File = target });
            else configs.Add(new ConfigReference { ConfigId = id, ConfigName = file.Name, File = target });
        }
        if (!TryJoin(plane, names, order, view, out List<TaskNetwork> networks, out refusal)) return Refuse(order.Id, refusal!);
        string? home = null;
        if (order.Template.Volumes is { Count: > 0 } && (home = await HomeAsync(manager, plane, names, order, view, cancellationToken)) is null) return null;
        if (!await TryTakeOverAsync(manager, order, view, networks, configs, secrets, cancellationToken)) return null;
        return ServiceForm.TryMake(plane, names, order, networks, configs, secrets, home, out refusal) ?? Refuse(order.Id, refusal!);
    }

    // What the machines fetch its image with; false if that cannot be read, which is then told.
    private bool TryLogIn(DesiredAssignment desired, ServiceSpec spec, out RegistryCredentials? credentials)
    {
        credentials = null;
        var image = ImageReference.Parse(spec.TaskTemplate.ContainerSpec!.Image);
        RegistryLogin? login = PullSecrets.Find(desired.Assignment.Template, desired.Material, _opener, image.Registry, image.Path, out string? refusal);
        try
        {
            if (refusal is null) login ??= _options.Logins?.Invoke(image);
        }
        catch (IOException e)
        {
            refusal = e.Message;
        }
        if (refusal is not null)
        {
            Refuse(desired.Assignment.Id, refusal);
            return false;
        }
        if (login is not null) credentials = new RegistryCredentials { Registry = image.ServerAddress, UserName = login.UserName, Password = login.Password, IdentityToken = login.IdentityToken };
        return true;
    }

    // A volume lies on one machine: which, is kept in the swarm before anything runs with it, and decided once. Null where it cannot be, which is then told.
    private async Task<string?> HomeAsync(EngineClient manager, string plane, SwarmNames names, Assignment order, SwarmView view, CancellationToken cancellationToken)
    {
        string? home = null, of = null;
        var homeless = new List<string>();
        foreach (string volume in order.Template.Volumes!.Select(static volume => volume.Name).Distinct(StringComparer.Ordinal))
        {
            string name = names.Volume(order.Workload.Tenant, order.Workload.Namespace, volume);
            if (!view.Configs.TryGetValue(name, out SwarmFile? kept))
            {
                homeless.Add(name);
                continue;
            }
            string? machine = kept.Spec.Labels?.GetValueOrDefault(SwarmLabels.Home);
            if (machine is null || !view.Nodes.ContainsKey(machine))
            {
                Refuse(order.Id, $"the machine that held the volume {volume} has left the swarm; to begin with an empty one on another: docker config rm {name}");
                return null;
            }
            if (home is not null && home != machine)
            {
                Refuse(order.Id, $"the volumes {of} and {volume} lie on different machines of the swarm; a workload's volumes must lie together");
                return null;
            }
            (home, of) = (machine, volume);
        }
        home ??= ChooseHome(order, view);
        if (home is null)
        {
            Refuse(order.Id, "no machine of the swarm that takes tasks meets the terms of a workload whose volumes have no home yet");
            return null;
        }
        foreach (string name in homeless) await KeepHomeAsync(manager, plane, order, name, home, cancellationToken);
        return home;
    }

    private Task KeepHomeAsync(EngineClient manager, string plane, Assignment order, string name, string home, CancellationToken cancellationToken) => manager.CreateConfigAsync(
        new FileSpec
        {
            Name = name,
            Labels = SwarmLabels.Of(plane, _options.Cluster, order.Workload.Tenant, order.Workload.Namespace, home),
            Data = System.Text.Encoding.UTF8.GetBytes("the machine that holds the volume of this name is this config's label"),
        },
        cancellationToken);

    // The same choice from the same view, for all that use a volume; where the least runs.
    private static string? ChooseHome(Assignment order, SwarmView view)
    {
        Dictionary<string, int> busy = view.Tasks.Where(static task => task.NodeId is not null && !task.HasEnded()).CountBy(static task => task.NodeId!).ToDictionary();
        return view.Nodes.Values.Where(machine => SwarmCapacity.Takes(machine) && MachineTerms.Meet(machine, order.Template.Container?.Nodes?.Constraints ?? []))
            .OrderBy(machine => busy.GetValueOrDefault(machine.Id)).ThenBy(static machine => machine.Id, StringComparer.Ordinal).FirstOrDefault()?.Id;
    }

    private async Task<string?> IdOfAsync(EngineClient manager, string plane, Assignment order, MaterialFile file, SwarmView view, CancellationToken cancellationToken)
    {
        if ((file.IsSecret ? view.Secrets : view.Configs).TryGetValue(file.Name, out SwarmFile? there)) return there.Id;
        lock (_gate)
            if (_made.TryGetValue(file.Name, out string? made)) return made;
        if (_material.Open(file, out string? refusal) is not { } content)
        {
            Refuse(order.Id, refusal!);
            return null;
        }
        try
        {
            FileSpec spec = FileForm.Make(plane, order, file, content);
            ObjectCreated created = file.IsSecret ? await manager.CreateSecretAsync(spec, cancellationToken) : await manager.CreateConfigAsync(spec, cancellationToken);
            lock (_gate) _made[file.Name] = created.Id;
            return created.Id;
        }
        catch (EngineException e) when (e.IsConflict)
        {
            // Another service of the same turn needed it too, or it is somebody else's: the next turn knows.
            Refuse(order.Id, e.Message);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    // Files and networks that nothing uses any more. What is in use after all the swarm refuses to remove.
    private async Task RemoveUnusedAsync(EngineClient manager, SwarmNames names, Orders orders, List<Share> shares, SwarmView view, CancellationToken cancellationToken)
    {
        var used = new HashSet<string>(StringComparer.Ordinal) { names.Ledger() };
        foreach (DesiredAssignment desired in orders.Desired)
        {
            if (desired.Assignment.State == AssignmentState.Withdrawn) continue;
            foreach (TaskNetwork network in NetworkForm.Joined(names, desired.Assignment)) used.Add(network.Target);
            // What cannot be listed may be needed: then nothing is removed.
            if (_material.FilesOf(names, desired, out _) is not { } files) return;
            foreach (MaterialFile file in files) used.Add(file.Name);
        }
        foreach ((SwarmService service, _) in shares.SelectMany(static share => share.Services))
        {
            TaskContainerSpec? container = service.Spec.TaskTemplate.ContainerSpec;
            foreach (ConfigReference config in container?.Configs ?? []) used.Add(config.ConfigName);
            foreach (SecretReference secret in container?.Secrets ?? []) used.Add(secret.SecretName);
            foreach (TaskNetwork network in service.Spec.TaskTemplate.Networks ?? []) used.Add(network.Target);
        }
        lock (_gate)
        {
            // A task that has yet to end holds what it uses.
            foreach (SwarmReplica replica in _replicas.Values)
            {
                foreach (ConfigReference config in replica.Task.Spec.ContainerSpec?.Configs ?? []) used.Add(config.ConfigName);
                foreach (SecretReference secret in replica.Task.Spec.ContainerSpec?.Secrets ?? []) used.Add(secret.SecretName);
                foreach (TaskNetwork network in replica.Task.Spec.Networks ?? []) used.Add(network.Target);
            }
        }
        // Where a volume lies outlives the workloads that use it, as its content does.
        foreach ((string name, SwarmFile config) in view.Configs)
            if (!used.Contains(name) && config.Spec.Labels?.ContainsKey(SwarmLabels.Home) != true) await RemoveAsync("config", name, stop => manager.RemoveConfigAsync(config.Id, stop), cancellationToken);
        foreach ((string name, SwarmFile secret) in view.Secrets)
            if (!used.Contains(name)) await RemoveAsync("secret", name, stop => manager.RemoveSecretAsync(secret.Id, stop), cancellationToken);
        foreach ((string name, NetworkDetails network) in view.Networks)
            if (!used.Contains(name) && !used.Contains(network.Id)) await RemoveAsync("network", name, stop => manager.RemoveNetworkAsync(network.Id, stop), cancellationToken);
        _drift.Keep(view.Services.Select(static service => service.Id).ToHashSet());
    }

    private async Task RemoveAsync(string what, string name, Func<CancellationToken, Task> remove, CancellationToken cancellationToken)
    {
        try
        {
            await remove(cancellationToken);
            lock (_gate) _made.Remove(name);
        }
        catch (EngineException e) when (e.Status is not null)
        {
            LogKept(_logger, what, name, e.Message);
        }
    }

    private ServiceSpec? Refuse(AssignmentId assignment, string reason)
    {
        lock (_gate)
        {
            if (_refusals.GetValueOrDefault(assignment) == reason) return null;
            _refusals[assignment] = reason;
        }
        LogRefused(_logger, assignment, reason);
        return null;
    }
}
